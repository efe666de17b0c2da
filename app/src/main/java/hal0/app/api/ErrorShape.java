package hal0.app.api;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * How an error is written. The envelope is the same everywhere; under {@code /v1} it carries what
 * the clients of OpenAI's and Anthropic's APIs look for, too.
 */
public enum ErrorShape {
  /** {@code {"error": {"code", "message", "details"}}}. */
  HAL0,
  /** With {@code type} and {@code param} beside them, as OpenAI's API has them. */
  OPENAI,
  /** With {@code "type": "error"} around that, as Anthropic's API has it. */
  ANTHROPIC;

  /** The shape for a raw path; of one that is not known, hal0's own. */
  public static ErrorShape of(String rawPath) {
    String path = rawPath == null ? "" : rawPath;
    if (path.startsWith("/slots/")) {
      int end = path.indexOf('/', "/slots/".length());
      path = end < 0 ? "" : path.substring(end);
    }
    if (!path.startsWith("/v1/")) {
      return HAL0;
    }
    boolean messages = path.equals("/v1/messages") || path.startsWith("/v1/messages/");
    return messages ? ANTHROPIC : OPENAI;
  }

  /** The whole envelope. */
  public void write(JsonGenerator json, Problem problem) throws IOException {
    json.writeStartObject();
    if (this == ANTHROPIC) {
      json.writeStringField("type", "error");
    }
    error(json, problem);
    json.writeEndObject();
  }

  /** The envelope's field {@code error}. */
  void error(JsonGenerator json, Problem problem) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("code", problem.code().word());
    json.writeStringField("message", JsonOut.wellFormed(problem.message()));
    if (this != HAL0) {
      json.writeStringField("type", type(problem.code().status()));
      json.writeNullField("param");
    }
    json.writeFieldName("details");
    JsonOut.any(json, problem.details());
    json.writeEndObject();
  }

  private String type(int status) {
    return switch (status) {
      case 401 -> "authentication_error";
      case 403 -> "permission_error";
      case 404 -> this == ANTHROPIC ? "not_found_error" : "invalid_request_error";
      case 413 -> this == ANTHROPIC ? "request_too_large" : "invalid_request_error";
      case 429 -> "rate_limit_error";
      default ->
          status < 500 ? "invalid_request_error" : this == ANTHROPIC ? "api_error" : "server_error";
    };
  }
}
