package hal0.slots.probe;

import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import java.util.Optional;

/**
 * The questions that one probe asks, in their order, up to the answer that settles it. Pure but for
 * the line.
 */
final class Dialogue {
  /** Carries one question to the upstream and its answer back. */
  interface Line {
    /**
     * Asks and waits.
     *
     * @param post a JSON body to post; empty: GET
     */
    Answer ask(String path, Optional<String> post);
  }

  private final Probe.Request request;
  private final SlotSpec spec;
  private final Line line;
  private final Judge judge;

  Dialogue(Probe.Request request, Line line) {
    this.request = request;
    this.spec = request.spec();
    this.line = line;
    boolean modelKnown =
        !request.modelId().isEmpty() || spec.model().id().filter(id -> !id.isEmpty()).isPresent();
    this.judge = new Judge(spec.provider(), request.loading(), modelKnown);
  }

  /** Asks until it is settled. */
  Finding hold() {
    String healthPath = spec.probe().healthPath();
    String modelsPath = spec.probe().modelsPath();
    if (healthPath.isEmpty() && modelsPath.isEmpty()) {
      return Finding.of(
          Verdict.NOT_UNDERSTOOD, "nothing to ask: health_path and models_path are both empty");
    }
    if (!healthPath.isEmpty()) {
      switch (line.ask(healthPath, Optional.empty())) {
        case Answer.Silence silence -> {
          return silence.finding();
        }
        case Answer.Reply reply -> {
          Optional<Finding> settled = judge.health(reply);
          if (settled.isPresent()) {
            return settled.get();
          }
        }
      }
    }
    if (modelsPath.isEmpty()) {
      return judge.withoutList(healthPath);
    }
    return switch (line.ask(modelsPath, Optional.empty())) {
      case Answer.Silence silence -> silence.finding();
      case Answer.Reply reply -> tryChat(judge.list(reply, healthPath));
    };
  }

  private Finding tryChat(Finding served) {
    boolean wanted =
        request.firstCompletion()
            && spec.probe().chat()
            && (spec.provider() == Provider.FLM || spec.provider() == Provider.OPENAI)
            && served.verdict() == Verdict.SERVING;
    if (!wanted) {
      return served;
    }
    String post = Bodies.chat(modelToTry(served));
    return switch (line.ask(Bodies.chatPath(spec.probe().modelsPath()), Optional.of(post))) {
      case Answer.Silence silence -> silence.finding();
      case Answer.Reply reply -> judge.completion(reply, served);
    };
  }

  /**
   * The model that the slot is for, else the only one there is, else none: a list may name every
   * model that the server could load, and the chat must not load one that nobody asked for.
   */
  private String modelToTry(Finding served) {
    if (!request.modelId().isEmpty()) {
      return request.modelId();
    }
    String named = spec.model().id().orElse("");
    return named.isEmpty() && served.models().size() == 1 ? served.models().getFirst() : named;
  }
}
