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

  static final String NO_SUCH_PROCESS = SYSTEMD + "NoSuchProcess";

  private static final Set<String> DENIED =
      Set.of(DBUS + "AccessDenied", DBUS + "AuthFailed", DBUS + "InteractiveAuthorizationRequired");
  private static final Set<String> UNKNOWN_UNIT =
      Set.of(SYSTEMD + "NoSuchUnit", DBUS + "UnknownObject", DBUS + "FileNotFound");
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

  /** An answer that is an error. {@code what} says what was asked, for people. */
  static SystemdException of(String what, Error error) {
    String name = error.getName() == null ? "" : error.getName();
    String message = what + ": " + text(error) + " (" + name + ")";
    NamedError cause = new NamedError(name, text(error));
    if (UNKNOWN_UNIT.contains(name)) {
      return new SystemdException.NoSuchUnit(message, cause);
    }
    if (DENIED.contains(name)) {
      return new SystemdException.AccessDenied(message, cause);
    }
    // dbus-java answers a call that it could not send with the Java class's name of what went
    // wrong.
    boolean local = name.startsWith("java.") || name.startsWith("org.freedesktop.dbus.");
    if (DOWN.contains(name) || local) {
      return new SystemdException.BusDown(message, cause);
    }
    return new SystemdException.Refused(message, cause);
  }

  /**
   * Whatever ended a future, as a SystemdException; what is none yet means that the bus could not
   * be used.
   */
  static SystemdException of(String what, Throwable thrown) {
    Throwable cause = unwrapped(thrown);
    if (cause instanceof SystemdException known) {
      return known;
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

  /** The D-Bus name of the error behind an exception; empty when it has none. */
  static String name(SystemdException exception) {
    return exception.getCause() instanceof NamedError named ? named.name : "";
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

  /** A D-Bus error as a cause. */
  private static final class NamedError extends Exception {
    private static final long serialVersionUID = 1L;

    private final String name;

    NamedError(String name, String message) {
      super(name + ": " + message, null, false, false);
      this.name = name;
    }
  }
}
