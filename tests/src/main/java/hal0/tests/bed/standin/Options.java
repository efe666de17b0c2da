package hal0.tests.bed.standin;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The stand-in's command line. Immutable.
 *
 * @param port where it listens on 127.0.0.1
 * @param model what it serves; empty for none
 * @param refuseMs how long nothing listens
 * @param loadMs how long it loads after that
 * @param apiKey what {@code /v1/*} asks for; empty for nothing
 * @param control a file of control lines that is read once at the start; empty for none
 * @param said what {@code GET /_seen} repeats, to see what reached the process; empty for nothing
 * @param commands control lines (see {@link Behaviour}) that hold from the start
 */
record Options(
    Kind kind,
    int port,
    String model,
    int refuseMs,
    int loadMs,
    String apiKey,
    String control,
    String said,
    List<String> commands) {

  static final String USAGE =
      """
      StandIn --port N [--kind llama|kokoro|vllm|comfyui|whisper|flm] [--model ID]
              [--refuse-ms N] [--load-ms N] [--api-key KEY] [--control FILE] [--say TEXT | --say-variable NAME]
              [--do LINE]...
      """;

  /** Reads it; throws IllegalArgumentException where it makes no sense. */
  static Options of(String... arguments) {
    Kind kind = Kind.LLAMA;
    int port = 0;
    String model = "tiny";
    int refuse = 0;
    int load = 0;
    String key = "";
    String control = "";
    String said = "";
    List<String> commands = new ArrayList<>();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " has no value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--kind" -> kind = Kind.of(value);
        case "--port" -> port = Integer.parseInt(value);
        case "--model" -> model = value;
        case "--say" -> said = value;
        case "--say-variable" -> said = Objects.requireNonNullElse(System.getenv(value), "");
        case "--refuse-ms" -> refuse = Integer.parseInt(value);
        case "--load-ms" -> load = Integer.parseInt(value);
        case "--api-key" -> key = value;
        case "--control" -> control = value;
        case "--do" -> commands.add(value);
        default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
      }
    }
    if (port <= 0) {
      throw new IllegalArgumentException("--port is needed");
    }
    return new Options(kind, port, model, refuse, load, key, control, said, List.copyOf(commands));
  }
}
