package hal0.app.api;

import hal0.slots.SlotException;
import hal0.systemd.SystemdException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An error as the API tells it. Immutable.
 *
 * @param code the word for programs, and the HTTP status
 * @param message for people, one line
 * @param details facts for programs: JSON values by name
 * @param headers further headers of the answer
 */
public record Problem(
    Code code, String message, Map<String, Object> details, Map<String, String> headers) {
  /** A problem with no details. */
  public static Problem of(Code code, String message) {
    return new Problem(code, message, Map.of(), Map.of());
  }

  /** A problem with details. */
  public static Problem of(Code code, String message, Map<String, Object> details) {
    return new Problem(code, message, details, Map.of());
  }

  /** The same with one more header. */
  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(code, message, details, more);
  }

  /** To throw it. */
  public ProblemException exception() {
    return new ProblemException(this);
  }

  /**
   * A key of a body or a query that is wrong.
   *
   * @param key its name
   * @param message what is wrong with it and what to write instead
   */
  public static ProblemException wrongKey(String key, String message) {
    return of(
            Code.SLOT_CONFIG_ERROR,
            key + ": " + message,
            Map.of("problems", List.of(wrong(key, message))))
        .exception();
  }

  /** One entry of {@code details.problems}, as {@link SlotException.ConfigError} has them. */
  static Map<String, Object> wrong(String key, String message) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("key", key);
    problem.put("line", 0);
    problem.put("message", message);
    return problem;
  }

  /** What the slots refused, or could not do. */
  public static Problem of(SlotException failure) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("slot", failure.slot());
    details.putAll(failure.details());
    Problem problem = of(code(failure), String.valueOf(failure.getMessage()), details);
    Optional<Duration> later =
        switch (failure) {
          case SlotException.NotReady e -> e.untilReady();
          case SlotException.Saturated e -> Optional.of(e.retryAfter());
          default -> Optional.empty();
        };
    return later.map(problem::retryAfter).orElse(problem);
  }

  /** The same with {@code Retry-After}, in whole seconds, at least one. */
  public Problem retryAfter(Duration delay) {
    long seconds = Math.max(1, delay.plusMillis(999).toSeconds());
    return withHeader("Retry-After", Long.toString(seconds));
  }

  /** The same with one more detail. */
  public Problem withDetail(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(details);
    more.put(name, value);
    return new Problem(code, message, more, headers);
  }

  private static Code code(SlotException failure) {
    return switch (failure) {
      case SlotException.NotFound e -> Code.SLOT_NOT_FOUND;
      case SlotException.Exists e -> Code.SLOT_EXISTS;
      case SlotException.ConfigError e -> Code.SLOT_CONFIG_ERROR;
      case SlotException.IllegalTransition e -> Code.SLOT_ILLEGAL_TRANSITION;
      case SlotException.ModelMismatch e -> Code.SLOT_MODEL_MISMATCH;
      case SlotException.Cancelled e -> Code.SLOT_CANCELLED;
      case SlotException.HealthFailed e -> Code.SLOT_HEALTH_FAILED;
      case SlotException.SpawnFailed e -> Code.SLOT_SPAWN_FAILED;
      case SlotException.PullFailed e -> Code.SLOT_PULL_FAILED;
      case SlotException.StopFailed e -> Code.SLOT_STOP_FAILED;
      case SlotException.UnknownModel e -> Code.SLOT_UNKNOWN_MODEL;
      case SlotException.Unavailable e -> Code.SYSTEMD_UNAVAILABLE;
      case SlotException.NotSaved e -> Code.SLOT_NOT_SAVED;
      case SlotException.NoRoom e -> Code.SLOT_NO_ROOM;
      case SlotException.NotReady e -> Code.BACKEND_UNAVAILABLE;
      case SlotException.Saturated e -> Code.DISPATCH_SATURATED;
    };
  }

  /** What systemd refused, or could not do. */
  public static Problem of(SystemdException failure) {
    Code code =
        switch (failure) {
          case SystemdException.BusDown e -> Code.SYSTEMD_UNAVAILABLE;
          case SystemdException.JobLate e -> Code.SYSTEMD_UNAVAILABLE;
          case SystemdException.NoSuchUnit e -> Code.SYSTEMD_REFUSED;
          case SystemdException.AccessDenied e -> Code.SYSTEMD_REFUSED;
          case SystemdException.Refused e -> Code.SYSTEMD_REFUSED;
        };
    return of(code, String.valueOf(failure.getMessage()));
  }

  /**
   * What Jetty says by itself of a request that never reached a handler, or could not be read to
   * its end.
   */
  static Problem ofStatus(int status, String reason) {
    boolean silent = reason == null || reason.isBlank() || reason.equals("Bad Request");
    return of(Code.ofStatus(status), silent ? "the request cannot be understood" : reason);
  }

  /** The daemon is ending. */
  public static Problem stopping() {
    return of(
        Code.DAEMON_STOPPING,
        "the daemon is ending; the slots and their loads are not ended by that");
  }
}
