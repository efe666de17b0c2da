package hal0.systemd;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * Tells the systemd that runs this very process how it is doing (sd_notify(3)). Outside of a unit
 * that wants to know ({@code NOTIFY_SOCKET} is not set) nothing happens. Never fails: what cannot
 * be told is logged once. Safe for use by many threads.
 */
public final class SdNotify {
  private static final Logger LOG = System.getLogger(SdNotify.class.getName());
  private static final String LIBRARY = "libsystemd.so.0";

  private final Optional<MethodHandle> notify;
  private final Optional<Duration> watchdog;

  private SdNotify(Optional<MethodHandle> notify, Optional<Duration> watchdog) {
    this.notify = notify;
    this.watchdog = watchdog;
  }

  /**
   * @param environment the process's own environment, which the C library reads as well
   */
  public static SdNotify of(Map<String, String> environment) {
    String socket = environment.getOrDefault("NOTIFY_SOCKET", "");
    return new SdNotify(socket.isEmpty() ? Optional.empty() : function(), watchdog(environment));
  }

  /**
   * How often systemd wants {@link #watchdog()} at the least; tell it twice as often. Empty when it
   * does not care.
   */
  public Optional<Duration> watchdogInterval() {
    return watchdog;
  }

  /** It is up. */
  public void ready() {
    send("READY=1");
  }

  /** A line for people, shown by {@code systemctl status}. */
  public void status(String line) {
    // Each line would be a field of its own.
    send("STATUS=" + line.replaceAll("\\p{Cntrl}", " "));
  }

  /** It lives. */
  public void watchdog() {
    send("WATCHDOG=1");
  }

  /** What it is doing, mostly its start, may take so long from now on, whatever the unit says. */
  public void extendTimeout(Duration more) {
    send("EXTEND_TIMEOUT_USEC=" + more.toNanos() / 1000);
  }

  /** Its start goes on, and may take so much longer from now on; whole microseconds. */
  public void extend(Duration time) {
    send("EXTEND_TIMEOUT_USEC=" + time.toNanos() / 1000);
  }

  /** It begins to end. */
  public void stopping() {
    send("STOPPING=1");
  }

  private void send(String state) {
    if (notify.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      int sent = (int) notify.get().invokeExact(0, arena.allocateFrom(state));
      if (sent < 0) {
        LOG.log(Level.WARNING, "systemd could not be told " + state + ": error " + -sent);
      }
    } catch (Throwable impossible) {
      LOG.log(Level.WARNING, "systemd could not be told " + state, impossible);
    }
  }

  private static Optional<MethodHandle> function() {
    try {
      // The library stays loaded as long as the process.
      SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
      return library
          .find("sd_notify")
          .map(
              address ->
                  Linker.nativeLinker()
                      .downcallHandle(
                          address,
                          FunctionDescriptor.of(
                              ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS)));
    } catch (IllegalArgumentException | IllegalCallerException missing) {
      LOG.log(Level.WARNING, "systemd will not hear from this process: " + missing.getMessage());
      return Optional.empty();
    }
  }

  private static Optional<Duration> watchdog(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean other = !pid.isEmpty() && !pid.equals(Long.toString(ProcessHandle.current().pid()));
    if (other || !micros.matches("[1-9][0-9]{0,17}")) {
      return Optional.empty();
    }
    return Optional.of(Duration.of(Long.parseLong(micros), ChronoUnit.MICROS));
  }
}
