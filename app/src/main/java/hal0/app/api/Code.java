package hal0.app.api;

import java.util.Arrays;
import java.util.Locale;

/** Every code that an error of the API can have, with its HTTP status. */
public enum Code {
  SLOT_NOT_FOUND("slot.not_found", 404),
  SLOT_EXISTS("slot.exists", 409),
  SLOT_CONFIG_ERROR("slot.config_error", 400),
  SLOT_ILLEGAL_TRANSITION("slot.illegal_transition", 409),
  SLOT_MODEL_MISMATCH("slot.model_mismatch", 409),
  SLOT_CANCELLED("slot.cancelled", 409),
  SLOT_HEALTH_FAILED("slot.health_failed", 503),
  SLOT_SPAWN_FAILED("slot.spawn_failed", 500),
  SLOT_STOP_FAILED("slot.stop_failed", 500),
  SLOT_PULL_FAILED("slot.pull_failed", 502),
  SLOT_UNKNOWN_MODEL("slot.unknown_model", 400),
  SLOT_NO_ROOM("slot.no_room", 409),
  SLOT_NOT_SAVED("slot.not_saved", 507),
  MODEL_NOT_FOUND("model.not_found", 404),
  /** It is known, but there is no file of it. */
  MODEL_NOT_THERE("model.not_there", 404),
  MODEL_NO_SOURCE("model.no_source", 409),
  MODEL_IN_USE("model.in_use", 409),
  MODEL_PULL_FAILED("model.pull_failed", 502),
  BACKEND_UNAVAILABLE("backend_unavailable", 503),
  DISPATCH_NO_ROUTE("dispatch.no_route", 404),
  DISPATCH_MODEL_REQUIRED("dispatch.model_required", 400),
  DISPATCH_SATURATED("dispatch.saturated", 429),
  DISPATCH_UPSTREAM_FAILED("dispatch.upstream_failed", 502),
  SYSTEMD_UNAVAILABLE("systemd.unavailable", 503),
  /** systemd refused; the message has its own words. */
  SYSTEMD_REFUSED("systemd.refused", 500),
  /** The request line, a header or an escape cannot be understood. */
  REQUEST_MALFORMED("request.malformed", 400),
  REQUEST_INVALID_JSON("request.invalid_json", 400),
  REQUEST_NOT_AN_OBJECT("request.not_an_object", 400),
  REQUEST_TOO_LARGE("request.too_large", 413),
  REQUEST_UNSUPPORTED_MEDIA("request.unsupported_media", 415),
  REQUEST_NOT_FOUND("request.not_found", 404),
  REQUEST_METHOD_NOT_ALLOWED("request.method_not_allowed", 405),
  REQUEST_TIMEOUT("request.timeout", 408),
  REQUEST_URI_TOO_LONG("request.uri_too_long", 414),
  REQUEST_HEADERS_TOO_LARGE("request.headers_too_large", 431),
  REQUEST_HTTP_VERSION("request.http_version", 505),
  REQUEST_TOO_MANY_STREAMS("request.too_many_streams", 503),
  AUTH_REQUIRED("auth.required", 401),
  AUTH_FORBIDDEN("auth.forbidden", 403),
  DAEMON_NOT_READY("daemon.not_ready", 503),
  DAEMON_STOPPING("daemon.stopping", 503),
  INTERNAL_ERROR("internal.error", 500);

  private final String word;
  private final int status;

  Code(String word, int status) {
    this.word = word;
    this.status = status;
    if (!name().equals(word.toUpperCase(Locale.ROOT).replace('.', '_'))) {
      throw new IllegalArgumentException(word);
    }
  }

  /** The word for programs. */
  public String word() {
    return word;
  }

  /** The HTTP status, 400 to 599. */
  public int status() {
    return status;
  }

  /**
   * What Jetty's own status means; {@link #REQUEST_MALFORMED} or {@link #INTERNAL_ERROR} where
   * nothing says more.
   */
  static Code ofStatus(int status) {
    return switch (status) {
      case 404 -> REQUEST_NOT_FOUND;
      case 503 -> DAEMON_STOPPING;
      case 505 -> REQUEST_HTTP_VERSION;
      default ->
          Arrays.stream(values())
              .filter(
                  code ->
                      code.word.startsWith("request.") && code.status == status && status != 400)
              .findFirst()
              .orElse(status < 500 ? REQUEST_MALFORMED : INTERNAL_ERROR);
    };
  }
}
