package hal0.tests.bed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpHeaders;
import java.time.Duration;

/**
 * An answer of an HTTP server. Immutable.
 *
 * @param request what was asked, for messages
 * @param took from the request to the end of the answer
 */
public record Answer(String request, int status, HttpHeaders headers, String text, Duration took) {
  static final ObjectMapper JSON = new ObjectMapper();

  /** The body as JSON; throws where it is none. */
  public JsonNode json() {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + this, e);
    }
  }

  /**
   * The body, where the status is this; an {@link AssertionError} with the whole answer where not.
   */
  public JsonNode with(int expected) {
    if (status != expected) {
      throw new AssertionError("expected " + expected + ": " + this);
    }
    return json();
  }

  /** The error of hal0's envelope, where status and code are these. */
  public JsonNode error(int expected, String code) {
    JsonNode error = with(expected).path("error");
    if (!error.path("code").asText().equals(code) || error.path("message").asText().isEmpty()) {
      throw new AssertionError("expected " + code + ": " + this);
    }
    return error;
  }

  @Override
  public String toString() {
    return request + " -> " + status + " " + headers.map() + "\n" + text;
  }
}
