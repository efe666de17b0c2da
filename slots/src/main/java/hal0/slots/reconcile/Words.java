package hal0.slots.reconcile;

import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.Locale;

/** The sentences that say why. */
final class Words {
  private static final String[] SIGNALS = {
    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU",
    "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"
  };

  /** The first and the last that programs may use as they like, as the C library counts them. */
  private static final int FIRST_REALTIME = 34;

  private static final int LAST_REALTIME = 64;

  private Words() {}

  /**
   * How the unit ended, in one clause: "was killed by SIGKILL", "exited with code 1 (systemd:
   * exit-code)" …
   */
  static String end(UnitStatus unit) {
    // A unit that ends well is forgotten by systemd at once, its exit code too.
    boolean forgotten = unit.exit().isEmpty() && unit.result().equals("success");
    String well = "ended by itself, with an exit that systemd counts as success";
    String how = unit.exit().map(Words::exit).orElse(forgotten ? well : "ended");
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
    if (number > 0 && number < SIGNALS.length) {
      return "SIG" + SIGNALS[number];
    }
    if (number < FIRST_REALTIME || number > LAST_REALTIME) {
      return "signal " + number;
    }
    return number == FIRST_REALTIME ? "SIGRTMIN" : "SIGRTMIN+" + (number - FIRST_REALTIME);
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
