package hal0.app.api;

import hal0.slots.SlotException;
import hal0.systemd.SystemdException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An error as the API tells it: the only place that knows status codes. Immutable.
 *
 * @param status the HTTP status, 400 to 599
 * @param code the word for programs, such as {@code slot.not_found}
 * @param message for people, one line
 * @param details facts for programs: JSON values by name
 * @param headers further headers of the answer
 */
public record Problem(
    int status, String code, String message, Map<String, Object> details, Map<String, String> headers) {
  /** The request line, a header or an escape cannot be understood. */
  static final String MALFORMED = "request.malformed";

  /** A problem with no details. */
  public static Problem of(int status, String code, String message) {
    return new Problem(status, code, message, Map.of(), Map.of());
  }

  /** A problem with details. */
  public static Problem of(int status, String code, String message, Map<String, Object> details) {
    return new Problem(status, code, message, details, Map.of());
  }

  /** The same with one more header. */
  public Problem withHeader(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Problem(status, code, message, details, more);
  }

  /**
   * A key of a body or a query that is wrong.
   *
   * @param key its name
   * @param message what is wrong with it and what to write instead
   */
  public static ProblemException wrongKey(String key, String message) {
    Map<String, Object> problem = Map.of("key", key, "line", 0, "message", message);
    return new ProblemException(
        of(400, "slot.config_error", key + ": " + message, Map.of("problems", List.of(problem))));
  }

  /** What the slots refused, or could not do. */
  public static Problem of(SlotException failure) {
    return switch (failure) {
      case SlotException.NotFound e -> of(404, "slot.not_found", e);
      case SlotException.Exists e -> of(409, "slot.exists", e);
      case SlotException.ConfigError e -> of(400, "slot.config_error", e);
      case SlotException.IllegalTransition e -> of(409, "slot.illegal_transition", e);
      case SlotException.ModelMismatch e -> of(409, "slot.model_mismatch", e);
      case SlotException.Cancelled e -> of(409, "slot.cancelled", e);
      case SlotException.HealthFailed e -> of(503, "slot.health_failed", e);
      case SlotException.SpawnFailed e -> of(500, "slot.spawn_failed", e);
      case SlotException.PullFailed e -> of(502, "slot.pull_failed", e);
      case SlotException.StopFailed e -> of(500, "slot.stop_failed", e);
      case SlotException.UnknownModel e -> of(400, "slot.unknown_model", e);
      case SlotException.Unavailable e -> of(503, "systemd.unavailable", e);
      case SlotException.NotSaved e -> of(507, "slot.not_saved", e);
    };
  }

  private static Problem of(int status, String code, SlotException failure) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("slot", failure.slot());
    details.putAll(failure.details());
    return of(status, code, String.valueOf(failure.getMessage()), details);
  }

  /** What systemd refused, or could not do. */
  public static Problem of(SystemdException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case SystemdException.BusDown e -> of(503, "systemd.unavailable", message);
      case SystemdException.JobLate e -> of(503, "systemd.unavailable", message);
      case SystemdException.NoSuchUnit e -> of(500, "systemd.no_such_unit", message);
      case SystemdException.AccessDenied e -> of(500, "systemd.access_denied", message);
      case SystemdException.Refused e -> of(500, "systemd.refused", message);
    };
  }

  /** What Jetty says by itself of a request that never reached a handler. */
  static Problem ofStatus(int status, String reason) {
    boolean silent = reason == null || reason.isBlank() || reason.equals("Bad Request");
    String said = silent ? "the request cannot be understood" : reason;
    return switch (status) {
      case 404 -> of(status, "request.not_found", said);
      case 405 -> of(status, "request.method_not_allowed", said);
      case 408 -> of(status, "request.timeout", said);
      case 413 -> of(status, "request.too_large", said);
      case 414 -> of(status, "request.uri_too_long", said);
      case 415 -> of(status, "request.unsupported_media", said);
      case 431 -> of(status, "request.headers_too_large", said);
      case 505 -> of(status, "request.http_version", said);
      case 503 -> of(status, "daemon.stopping", said);
      default -> of(status, status < 500 ? MALFORMED : "internal.error", said);
    };
  }

  /** The daemon is ending. */
  static Problem stopping() {
    return of(503, "daemon.stopping", "the daemon is ending; the slots and their loads are not ended by that");
  }
}
