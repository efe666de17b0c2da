package hal0.app.node;

import hal0.app.api.JsonOut;
import java.util.Optional;

/**
 * What a request over the bus is answered with. Immutable.
 *
 * @param content empty on failure
 * @param error empty, {@code inference failed}, {@code bad_request} or {@code backend_unavailable}
 * @param reason of the error, for people
 * @param readiness the node's word, with {@code backend_unavailable}
 */
record Answer(
    String requestId,
    String model,
    String content,
    String error,
    String reason,
    Optional<String> readiness) {
  private static final String FAILED = "inference failed";
  private static final String BAD = "bad_request";
  private static final String UNAVAILABLE = "backend_unavailable";

  static Answer of(ChatRequest request, String model, String content) {
    return new Answer(request.id(), model, content, "", "", Optional.empty());
  }

  static Answer failed(ChatRequest request, String reason) {
    return failure(request, FAILED, reason, Optional.empty());
  }

  static Answer bad(ChatRequest.Bad wrong) {
    return new Answer(
        wrong.id(), wrong.model(), "", BAD, String.valueOf(wrong.getMessage()), Optional.empty());
  }

  static Answer bad(ChatRequest request, String reason) {
    return failure(request, BAD, reason, Optional.empty());
  }

  static Answer unavailable(ChatRequest request, String reason, String readiness) {
    return failure(request, UNAVAILABLE, reason, Optional.of(readiness));
  }

  private static Answer failure(
      ChatRequest request, String error, String reason, Optional<String> readiness) {
    return new Answer(
        request.id(), request.model().orElse(ChatRequest.UNKNOWN), "", error, reason, readiness);
  }

  /**
   * As it goes over the bus.
   *
   * @param tookMs how long the inference took, in ms; 0 where there was none
   * @param atMs when it was given, in ms since the epoch
   */
  byte[] json(long tookMs, long atMs) {
    return JsonOut.bytes(
        json -> {
          json.writeStartObject();
          JsonOut.text(json, "request_id", Optional.of(requestId));
          JsonOut.text(json, "model", Optional.of(model));
          JsonOut.text(json, "content", Optional.of(content));
          if (!error.isEmpty()) {
            json.writeStringField("error", error);
            JsonOut.text(json, "reason", Optional.of(reason));
          }
          if (readiness.isPresent()) {
            json.writeStringField("readiness", readiness.get());
          }
          json.writeNumberField("inference_time_ms", tookMs);
          json.writeNumberField("timestamp_ms", atMs);
          json.writeEndObject();
        });
  }
}
