package hal0.slots.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads OpenAI's list of models, with the {@code status} that llama-server in router mode gives its
 * entries.
 */
final class ModelList {
  /** How many models are remembered; a list may hold more. */
  static final int LIMIT = 1000;

  private static final int ID_LIMIT = 512;
  private static final int NAMED = 3;

  private final Set<String> served = new LinkedHashSet<>();
  private final List<String> unserved = new ArrayList<>();
  private int strange;

  private ModelList() {}

  /** Judges a list that was answered with 200. */
  static Finding judge(Answer.Reply reply) {
    if (!reply.whole()) {
      return Judge.tooLong(reply);
    }
    Optional<JsonNode> json = Bodies.json(reply.body());
    if (json.isEmpty()) {
      return Judge.noJson(reply);
    }
    JsonNode data = json.get().path("data");
    if (!data.isArray()) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD,
          reply.path() + " answered 200 without a list: " + Details.quote(reply.body()));
    }
    ModelList list = new ModelList();
    data.forEach(list::add);
    return list.finding(reply.path());
  }

  private void add(JsonNode entry) {
    JsonNode id = entry.path("id");
    if (!id.isTextual() || !isId(id.textValue())) {
      strange++;
      return;
    }
    JsonNode value = entry.path("status").path("value");
    String status = value.isMissingNode() || value.isNull() ? "loaded" : value.asText();
    if (status.equals("loaded") || status.equals("sleeping")) {
      if (served.size() < LIMIT) {
        served.add(id.textValue());
      }
    } else {
      boolean failed =
          entry.path("status").path("failed").asBoolean() || entry.path("failed").asBoolean();
      unserved.add(id.textValue() + (failed ? " failed to load" : " is " + status));
    }
  }

  private static boolean isId(String id) {
    // A lone surrogate can be written in JSON, and could not be written on as UTF-8.
    return !id.isBlank()
        && id.length() <= ID_LIMIT
        && id.codePoints()
            .noneMatch(
                c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }

  private Finding finding(String path) {
    if (!served.isEmpty()) {
      return new Finding(
          Verdict.SERVING, "serves " + some(List.copyOf(served)), List.copyOf(served));
    }
    if (strange > 0) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD,
          path + " answered 200 with " + strange + " entries that have no id");
    }
    return Finding.of(
        Verdict.NO_MODEL,
        unserved.isEmpty() ? path + " is an empty list" : "no model is loaded: " + some(unserved));
  }

  private static String some(List<String> all) {
    List<String> first = all.subList(0, Math.min(all.size(), NAMED));
    String names = String.join(", ", first.stream().map(Details::brief).toList());
    return all.size() > NAMED ? names + " and " + (all.size() - NAMED) + " more" : names;
  }
}
