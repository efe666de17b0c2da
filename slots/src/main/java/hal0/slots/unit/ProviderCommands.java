package hal0.slots.unit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hal0.slots.SlotException;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SlotSpec.Runtime;
import hal0.slots.spec.SpecProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What each kind of server is run with when a slot's file gives no {@code command}. The flags are
 * those of llama-server b11669 and whisper-server 1.9 ({@code --help}), of vLLM's and FastFlowLM's
 * documentation, and of the servers in hal0's kokoro and moonshine images.
 */
public final class ProviderCommands {
  /** The program of a worker: hal0 itself, wherever it lies. */
  static final String HAL0 = "hal0";

  private static final JsonMapper JSON = new JsonMapper();

  private ProviderCommands() {}

  /**
   * A server's own command.
   *
   * @param program what is run; in a container in place of the image's entry point. Empty: the
   *     image's own
   * @param arguments what follows it
   */
  record Own(Optional<String> program, List<String> arguments) {}

  /**
   * Whether a slot can be run without a {@code command}. In a container it always can: an image has
   * an entry point of its own, which gets no arguments when none are known here.
   */
  public static boolean has(Provider provider, Runtime runtime) {
    return runtime != Runtime.EXEC || provider.hasCommand();
  }

  /**
   * The program that a slot without a {@code command} runs as a plain process; empty where none is
   * known.
   */
  public static Optional<String> program(Provider provider) {
    return switch (provider) {
      case LLAMA_SERVER -> Optional.of("llama-server");
      case VLLM -> Optional.of("vllm");
      case FLM -> Optional.of("flm");
      case KOKORO -> Optional.of("kokoro-server");
      case MOONSHINE -> Optional.of("moonshine-server");
      case WHISPER -> Optional.of("whisper-server");
      case OPENAI, COMFYUI, GENERIC, WORKER -> Optional.empty();
    };
  }

  /**
   * The command for a slot that gives none.
   *
   * @throws SlotException.UnknownModel if it needs a model that is not named or has no path
   * @throws SlotException.ConfigError if there is none: see {@link #has}
   */
  static Own of(SlotSpec spec, Optional<String> modelId, Placeholders places) throws SlotException {
    boolean exec = spec.run().runtime() == Runtime.EXEC;
    return switch (spec.provider()) {
      case LLAMA_SERVER -> own(exec, spec, llama(spec, modelId, places));
      case VLLM -> own(exec, spec, vllm(spec, modelId, places, exec));
      case FLM -> exec ? own(true, spec, flm(spec, modelId)) : none(spec, false);
      case KOKORO, MOONSHINE -> own(exec, spec, speech(spec, places));
      // whisper.cpp's own image begins with a shell: the server must be named in a container too.
      case WHISPER -> own(true, spec, whisper(spec, places));
      case WORKER ->
          spec.worker().flatMap(SlotSpec.Worker::engine).isPresent()
              ? new Own(Optional.of(HAL0), worker(spec, modelId, places))
              : none(spec, exec);
      case OPENAI, COMFYUI, GENERIC -> none(spec, exec);
    };
  }

  private static List<String> worker(SlotSpec spec, Optional<String> modelId, Placeholders places) {
    SlotSpec.Worker worker = spec.worker().orElseThrow();
    List<String> words = new ArrayList<>(List.of("worker", "--slot", spec.name()));
    words.addAll(List.of("--role", worker.role(), "--engine", worker.engine().orElseThrow()));
    modelId.ifPresent(id -> words.addAll(List.of("--model", id)));
    places.modelPathIfAny().ifPresent(path -> words.addAll(List.of("--model-path", path)));
    if (worker.lazy()) {
      words.addAll(List.of("--load", "lazy"));
    }
    if (!worker.options().isEmpty()) {
      words.addAll(List.of("--options", options(worker.options())));
    }
    return words;
  }

  private static String options(Map<String, Object> options) {
    try {
      return JSON.writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a table of a slot's file is always JSON", e);
    }
  }

  private static Own own(boolean named, SlotSpec spec, List<String> arguments) {
    return new Own(named ? program(spec.provider()) : Optional.empty(), arguments);
  }

  private static Own none(SlotSpec spec, boolean exec) throws SlotException.ConfigError {
    if (exec) {
      String message =
          "no command is known for the provider \"" + spec.provider().word() + "\": write one";
      throw new SlotException.ConfigError(
          spec.name(), List.of(new SpecProblem("run.command", 0, message)));
    }
    return new Own(Optional.empty(), List.of());
  }

  private static List<String> listen(SlotSpec spec) {
    return List.of("--host", "127.0.0.1", "--port", Integer.toString(spec.port()));
  }

  /** Without a model it is a router that serves nothing until it is asked to. */
  private static List<String> llama(SlotSpec spec, Optional<String> modelId, Placeholders places)
      throws SlotException.UnknownModel {
    List<String> words = new ArrayList<>(listen(spec));
    if (modelId.isPresent()) {
      words.addAll(List.of("--model", places.modelPath(), "--alias", modelId.get()));
    }
    spec.model()
        .contextSize()
        .ifPresent(size -> words.addAll(List.of("--ctx-size", size.toString())));
    // Newer ones take "all"; every one takes more layers than any model has.
    spec.model()
        .gpuLayers()
        .ifPresent(
            layers ->
                words.addAll(List.of("--n-gpu-layers", layers < 0 ? "9999" : layers.toString())));
    return words;
  }

  /** A model without a path is taken to be one of a hub, as vLLM does itself. */
  private static List<String> vllm(
      SlotSpec spec, Optional<String> modelId, Placeholders places, boolean exec)
      throws SlotException.UnknownModel {
    Optional<String> path = places.modelPathIfAny();
    String model =
        path.isPresent() ? path.get() : modelId.isPresent() ? modelId.get() : places.modelPath();
    // Its images begin with the API server, older ones of which know the model as an option only.
    List<String> words =
        new ArrayList<>(exec ? List.of("serve", model) : List.of("--model", model));
    words.addAll(listen(spec));
    modelId.ifPresent(id -> words.addAll(List.of("--served-model-name", id)));
    spec.model()
        .contextSize()
        .ifPresent(size -> words.addAll(List.of("--max-model-len", size.toString())));
    return words;
  }

  private static List<String> flm(SlotSpec spec, Optional<String> modelId) {
    List<String> words = new ArrayList<>(List.of("serve"));
    modelId.ifPresent(words::add);
    words.addAll(listen(spec));
    spec.model()
        .contextSize()
        .ifPresent(size -> words.addAll(List.of("--ctx-len", size.toString())));
    return words;
  }

  /** Kokoro and moonshine fetch their model themselves where no path is given. */
  private static List<String> speech(SlotSpec spec, Placeholders places) {
    List<String> words = new ArrayList<>();
    places.modelPathIfAny().ifPresent(path -> words.addAll(List.of("--model_path", path)));
    words.addAll(listen(spec));
    return words;
  }

  /** Under the path that OpenAI's clients use; its own default is {@code /inference}. */
  private static List<String> whisper(SlotSpec spec, Placeholders places)
      throws SlotException.UnknownModel {
    List<String> words = new ArrayList<>(listen(spec));
    words.addAll(
        List.of("--model", places.modelPath(), "--inference-path", "/v1/audio/transcriptions"));
    return words;
  }
}
