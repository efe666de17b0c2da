package hal0.slots.reconcile;

import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.Locale;

/** The sentences that say why. */
final class Words {
  private static final String[] SIGNALS = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM"
  };

  private Words() {}

  /**
   * How the unit ended, in one clause: "was killed by SIGKILL", "exited with code 1 (systemd:
   * exit-code)" …
   */
  static String end(UnitStatus unit) {
    String how = unit.exit().map(Words::exit).orElse("ended");
    String result =
        switch (unit.result()) {
          case "success" -> "";
          case "oom-kill" -> ", because memory ran out (systemd: oom-kill)";
          case "start-limit-hit" ->
              "; it failed too often, and systemd starts it no more (start-limit-hit)";
          case "watchdog" -> ", because its watchdog was not fed (systemd: watchdog)";
          case "timeout" -> ", because it took too long (systemd: timeout)";
          default -> " (systemd: " + unit.result() + ")";
        };
    return how + result + again(unit);
  }

  /** When systemd will try again; empty when it will not. */
  private static String again(UnitStatus unit) {
    if (!unit.isAutoRestarting()) {
      return unit.restarts() == 0
          ? ""
          : "; systemd has given it up after " + restarts(unit.restarts());
    }
    return "; systemd restarts it after "
        + time(unit.restartDelay())
        + ", try "
        + (unit.restarts() + 1);
  }

  private static String restarts(int restarts) {
    return restarts == 1 ? "1 restart" : restarts + " restarts";
  }

  private static String exit(UnitStatus.Exit exit) {
    return exit.bySignal()
        ? "was killed by " + signal(exit.status())
        : "exited with code " + exit.status();
  }

  /** A signal's name for people, such as SIGKILL. */
  static String signal(int number) {
    return number > 0 && number < SIGNALS.length ? "SIG" + SIGNALS[number] : "signal " + number;
  }

  /** A duration for people: 250 ms, 3 s, 1.5 s. */
  static String time(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    return millis % 1000 == 0
        ? millis / 1000 + " s"
        : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }
}
