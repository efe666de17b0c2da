package hal0.app.worker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.worker.engine.Answer;
import hal0.app.worker.engine.Request;
import hal0.app.worker.engine.Usage;
import hal0.slots.worker.Frame;

/** Answers as frames. What an engine may not answer is an IllegalStateException. */
final class Answers {
  private Answers() {}

  static Frame frame(long id, Request request, Answer answer, DataReply reply) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (answer) {
      case Answer.Embeddings given when request instanceof Request.Embed embed -> {
        if (given.vectors().size() != embed.input().size()) {
          throw new IllegalStateException("the engine has not one vector for each text");
        }
        given.vectors().forEach(Answers::requireNumbers);
        json.putPOJO("embeddings", given.vectors());
        usage(json, given.usage());
      }
      case Answer.Ranking given when request instanceof Request.Rerank rerank -> {
        ranking(json.putArray("results"), given, rerank);
        usage(json, given.usage());
      }
      case Answer.Said given when request instanceof Request.Chat -> {
        if (!reply.isStream()) {
          json.putObject("message").put("role", "assistant").put("content", reply.text());
        }
        json.put("finish_reason", given.finishReason());
        usage(json, given.usage());
        return Frame.of(reply.isStream() ? Frame.STREAM_END : Frame.RESULT, id, json);
      }
      case null, default -> throw new IllegalStateException("the engine gave another's answer");
    }
    return Frame.of(Frame.RESULT, id, json);
  }

  /** JSON has no word for what is not a number. */
  private static void requireNumbers(float[] vector) {
    for (float one : vector) {
      if (!Float.isFinite(one)) {
        throw new IllegalStateException("the engine gave a vector with " + one);
      }
    }
  }

  private static void ranking(ArrayNode results, Answer.Ranking given, Request.Rerank request) {
    int most = request.topN().orElse(Integer.MAX_VALUE);
    for (Answer.Ranked one : given.ranked().stream().limit(most).toList()) {
      boolean known = one.index() >= 0 && one.index() < request.documents().size();
      if (!known || !Double.isFinite(one.score())) {
        throw new IllegalStateException("the engine ranked what there isn't, or not with a number");
      }
      results.addObject().put("index", one.index()).put("score", one.score());
    }
  }

  private static void usage(ObjectNode json, Usage usage) {
    json.putObject("usage")
        .put("prompt_tokens", usage.promptTokens())
        .put("completion_tokens", usage.completionTokens())
        .put("total_tokens", usage.promptTokens() + usage.completionTokens());
  }
}
