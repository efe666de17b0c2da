package hal0.slots.spec;

import java.util.Optional;

/** The kinds of upstream servers that hal0 knows. Facts of what they answer: docs/upstreams.md. */
public enum Provider {
  LLAMA_SERVER("llama-server", true, "/health", "/v1/models"),
  VLLM("vllm", true, "/health", "/v1/models"),
  FLM("flm", true, "", "/v1/models"),
  OPENAI("openai", true, "", "/v1/models"),
  KOKORO("kokoro", false, "/health", "/v1/models"),
  MOONSHINE("moonshine", false, "/health", "/v1/models"),
  WHISPER("whisper", false, "/health", "/v1/models"),
  COMFYUI("comfyui", false, "/system_stats", ""),
  GENERIC("generic", false, "/health", "/v1/models"),
  WORKER("worker", false, "", "");

  private final String word;
  private final boolean needsModel;
  private final String healthPath;
  private final String modelsPath;

  Provider(String word, boolean needsModel, String healthPath, String modelsPath) {
    this.word = word;
    this.needsModel = needsModel;
    this.healthPath = healthPath;
    this.modelsPath = modelsPath;
  }

  /** Reads the word that slot files use. */
  public static Optional<Provider> of(String word) {
    for (Provider provider : values()) {
      if (provider.word.equals(word)) {
        return Optional.of(provider);
      }
    }
    return Optional.empty();
  }

  /** The word that slot files and the API use. */
  public String word() {
    return word;
  }

  /** Whether a slot of this kind is never ready without a model id. */
  public boolean needsModel() {
    return needsModel;
  }

  /** Whether hal0 knows a command that runs it as a plain process. */
  public boolean hasCommand() {
    return switch (this) {
      case LLAMA_SERVER, VLLM, FLM, KOKORO, MOONSHINE, WHISPER -> true;
      case OPENAI, COMFYUI, GENERIC, WORKER -> false;
    };
  }

  /** What is asked whether the server is well; empty when there is no such path. */
  public String healthPath() {
    return healthPath;
  }

  /** Where the list of models is; empty when there is none. */
  public String modelsPath() {
    return modelsPath;
  }
}
