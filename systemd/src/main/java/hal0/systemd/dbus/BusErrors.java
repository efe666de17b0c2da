package hal0.systemd.dbus;

import hal0.systemd.SystemdException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Error;

/** D-Bus errors, by their names, as systemd's own exceptions. */
final class BusErrors {
  private static final String SYSTEMD = "org.freedesktop.systemd1.";
  private static final String DBUS = "org.freedesktop.DBus.Error.";

  private static final Set<String> DENIED =
      Set.of(DBUS + "AccessDenied", DBUS + "AuthFailed", DBUS + "InteractiveAuthorizationRequired");
  private static final Set<String> UNKNOWN_UNIT =
      Set.of(SYSTEMD + "NoSuchUnit", DBUS + "UnknownObject", DBUS + "FileNotFound");
  private static final Set<String> NOTHING_THERE =
      Set.of(SYSTEMD + "NoSuchUnit", SYSTEMD + "NoSuchProcess");
  private static final Set<String> DOWN =
      Set.of(
          DBUS + "NoReply",
          DBUS + "ServiceUnknown",
          DBUS + "NameHasNoOwner",
          DBUS + "Disconnected",
          DBUS + "NoServer",
          DBUS + "Timeout",
          DBUS + "TimedOut");

  private BusErrors() {}

  /** An answer that is an error, as an exception that keeps its name. */
  static Exception of(Error error) {
    return new Named(error.getName() == null ? "" : error.getName(), text(error));
  }

  /**
   * Whatever ended a future, as a SystemdException; what is neither that nor an answer means that
   * the bus could not be used.
   *
   * @param what was asked, for people, with the unit's name
   */
  static SystemdException of(String what, Throwable thrown) {
    Throwable cause = unwrapped(thrown);
    if (cause instanceof SystemdException known) {
      return known;
    }
    if (cause instanceof Named named) {
      return of(what, named);
    }
    String why = cause instanceof TimeoutException ? "no answer in time" : reason(cause);
    return new SystemdException.BusDown(what + ": " + why, cause);
  }

  /** Takes off what futures wrap around an exception. */
  static Throwable unwrapped(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static SystemdException of(String what, Named named) {
    String name = named.name;
    String message = what + ": " + named.text + " (" + name + ")";
    if (UNKNOWN_UNIT.contains(name)) {
      return new SystemdException.NoSuchUnit(message, named);
    }
    if (DENIED.contains(name)) {
      return new SystemdException.AccessDenied(message, named);
    }
    // dbus-java answers a call that it could not send with the Java class's name of what went
    // wrong.
    boolean local = name.startsWith("java.") || name.startsWith("org.freedesktop.dbus.");
    return DOWN.contains(name) || local
        ? new SystemdException.BusDown(message, named)
        : new SystemdException.Refused(message, named);
  }

  /** Whether systemd has no such unit in memory, or no process of it. */
  static boolean isNothingThere(Throwable thrown) {
    return unwrapped(thrown) instanceof Named named && NOTHING_THERE.contains(named.name);
  }

  /** What a person would want to read of an exception. */
  static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null || message.isBlank() ? deepest.getClass().getSimpleName() : message;
  }

  private static String text(Error error) {
    try {
      Object[] parameters = error.getParameters();
      return parameters == null
          ? ""
          : Arrays.stream(parameters).map(String::valueOf).collect(Collectors.joining(" ")).strip();
    } catch (DBusException unreadable) {
      return "an error that cannot be read";
    }
  }

  /** A D-Bus error. */
  private static final class Named extends Exception {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String text;

    Named(String name, String text) {
      super(name + ": " + text, null, false, false);
      this.name = name;
      this.text = text;
    }
  }
}
