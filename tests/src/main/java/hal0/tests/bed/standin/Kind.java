package hal0.tests.bed.standin;

import java.util.Locale;

/** Whom the stand-in stands in for. */
public enum Kind {
  /**
   * llama-server: says 503 on every path while it loads; without a model it is a router that serves
   * nothing.
   */
  LLAMA(true, "/health", "{\"status\":\"ok\"}", true),
  /** hal0's speech servers: refuse while they load; their health says whether a model is loaded. */
  KOKORO(false, "/health", "", false),
  /** vLLM: refuses until its engine is up; its health is an empty body. */
  VLLM(false, "/health", "", true),
  /** ComfyUI: no health, but statistics. */
  COMFYUI(false, "/system_stats", "{\"system\":{\"os\":\"posix\"},\"devices\":[]}", false),
  /** whisper-server: health, no list of models. */
  WHISPER(false, "/health", "{\"status\":\"ok\"}", false),
  /** FLM and other servers of OpenAI's API: a list of models, no health. */
  FLM(false, "", "", true);

  private final boolean answersWhileLoading;
  private final String healthPath;
  private final String healthBody;
  private final boolean listsModels;

  Kind(boolean answersWhileLoading, String healthPath, String healthBody, boolean listsModels) {
    this.answersWhileLoading = answersWhileLoading;
    this.healthPath = healthPath;
    this.healthBody = healthBody;
    this.listsModels = listsModels;
  }

  static Kind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** The word for {@code --kind}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it listens, and says 503, before its model is loaded. */
  boolean answersWhileLoading() {
    return answersWhileLoading;
  }

  String healthPath() {
    return healthPath;
  }

  String healthBody() {
    return healthBody;
  }

  boolean listsModels() {
    return listsModels;
  }
}
