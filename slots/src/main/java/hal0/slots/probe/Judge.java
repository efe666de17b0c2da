package hal0.slots.probe;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.slots.spec.Provider;
import java.util.Optional;

/**
 * What an upstream's answers mean. Pure; docs/upstreams.md has the same as a table, with where it
 * was seen.
 *
 * @param provider the kind of upstream
 * @param loading whether a load is under way, so that 503 means "loading"
 * @param modelKnown whether the slot's file or its load names a model
 */
record Judge(Provider provider, boolean loading, boolean modelKnown) {

  /**
   * Judges the answer to the question whether the server is well; empty when it is and the list
   * should be asked.
   */
  Optional<Finding> health(Answer.Reply reply) {
    if (reply.status() != 200) {
      return Optional.of(refused(reply));
    }
    if (!reply.whole()) {
      return Optional.of(tooLong(reply));
    }
    Optional<JsonNode> json = Bodies.json(reply.body());
    if (json.isEmpty() || !json.get().isObject()) {
      boolean bad = answersJson() || Bodies.seemsJson(reply.body());
      return bad ? Optional.of(noJson(reply)) : Optional.empty();
    }
    return modelLoaded(reply, json.get());
  }

  /**
   * Judges the answer to the question for the list of models, after a good answer on {@code
   * healthPath} if any.
   */
  Finding list(Answer.Reply reply, String healthPath) {
    return switch (reply.status()) {
      case 200 -> ModelList.judge(reply);
      case 404, 405, 501 ->
          healthPath.isEmpty() ? refused(reply) : withoutList(healthPath, reply.status());
      default -> refused(reply);
    };
  }

  /** Judges a server that is well and is not to be asked for a list. */
  Finding withoutList(String healthPath) {
    return withoutList(healthPath, 0);
  }

  /** Judges the answer to the first completion, which comes after a list with {@code served}. */
  Finding completion(Answer.Reply reply, Finding served) {
    if (reply.status() != 200) {
      return refused(reply);
    }
    if (!reply.whole()) {
      return tooLong(reply);
    }
    Optional<JsonNode> json = Bodies.json(reply.body());
    if (json.isEmpty()) {
      return noJson(reply);
    }
    JsonNode choices = json.get().path("choices");
    if (!choices.isArray() || choices.isEmpty()) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD,
          reply.path() + " answered 200 without choices: " + Details.quote(reply.body()));
    }
    return new Finding(
        Verdict.SERVING, served.detail() + ", and completed a chat", served.models());
  }

  private Finding withoutList(String healthPath, int listStatus) {
    String list = listStatus == 0 ? "" : "; no list of models (" + listStatus + ")";
    if (provider.needsModel() && !modelKnown) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD,
          "200 on " + healthPath + list + ", and no model is named: is one served?");
    }
    return Finding.of(Verdict.SERVING, "200 on " + healthPath + list);
  }

  private Optional<Finding> modelLoaded(Answer.Reply reply, JsonNode root) {
    JsonNode loaded = root.get("model_loaded");
    if (loaded == null) {
      return Optional.empty();
    }
    if (!loaded.isBoolean()) {
      return Optional.of(
          Finding.of(
              Verdict.NOT_UNDERSTOOD,
              reply.path()
                  + " answered a model_loaded that is neither true nor false: "
                  + Details.quote(reply.body())));
    }
    if (!loaded.booleanValue()) {
      String status =
          root.path("status").isTextual()
              ? " (status: " + root.path("status").textValue() + ")"
              : "";
      return Optional.of(
          Finding.of(Verdict.NO_MODEL, reply.path() + " says that no model is loaded" + status));
    }
    return provider.needsModel()
        ? Optional.empty()
        : Optional.of(Finding.of(Verdict.SERVING, reply.path() + " says that the model is loaded"));
  }

  /** Whether this kind of server always answers its health path with a JSON object. */
  private boolean answersJson() {
    return switch (provider) {
      case KOKORO, MOONSHINE, COMFYUI -> true;
      default -> false;
    };
  }

  private Finding refused(Answer.Reply reply) {
    int status = reply.status();
    String said = Bodies.complaint(reply.body());
    String detail = status + " on " + reply.path() + (said.isEmpty() ? "" : ": " + said);
    if (status == 503) {
      return Finding.of(loading ? Verdict.LOADING : Verdict.UNHEALTHY, detail);
    }
    if (status >= 500 && status <= 599) {
      return Finding.of(Verdict.UNHEALTHY, detail);
    }
    if (status == 401 || status == 403) {
      detail = status + " on " + reply.path() + ": it wants a key ([admission] api_key_env)";
    } else if (status >= 300 && status <= 399) {
      detail = status + " on " + reply.path() + ": a redirect, which is not followed";
    }
    return Finding.of(Verdict.NOT_UNDERSTOOD, detail);
  }

  static Finding tooLong(Answer.Reply reply) {
    String size = reply.length() < 0 ? "" : Details.size(reply.length()) + ", ";
    return Finding.of(
        Verdict.NOT_UNDERSTOOD,
        reply.path()
            + " answered "
            + reply.status()
            + " with "
            + size
            + "more than the 1 MiB that a probe reads");
  }

  static Finding noJson(Answer.Reply reply) {
    String quote = reply.body().length == 0 ? "" : ": " + Details.quote(reply.body());
    return Finding.of(
        Verdict.NOT_UNDERSTOOD,
        reply.path()
            + " answered 200 with "
            + Details.size(reply.body().length)
            + " that are not the JSON expected"
            + quote);
  }
}
