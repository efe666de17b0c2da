package hal0.slots.spec;

import hal0.slots.spec.SlotSpec.Runtime;
import hal0.slots.toml.TomlWriter;
import java.time.Duration;
import java.util.List;

/** What one key says of another. */
final class SpecRules {
  private static final Duration LEAST_WATCHDOG = Duration.ofSeconds(1);

  private SpecRules() {}

  static void check(Schema.Values values, Problems problems) {
    required(values, problems);
    worker(values, problems);
    supervision(values, problems);
    runtime(values, problems);
    probe(values, problems);
  }

  /** What runs it: as given, else podman where there is an image. */
  static Runtime runtimeOf(Schema.Values values) {
    return values
        .find(SpecKeys.RUNTIME)
        .orElse(values.isGiven(SpecKeys.IMAGE) ? Runtime.PODMAN : Runtime.EXEC);
  }

  private static void required(Schema.Values values, Problems problems) {
    if (!values.isGiven(SpecKeys.PROVIDER)) {
      problems.add(
          "provider",
          0,
          "is missing: it says which server this is, such as provider = \"llama-server\"");
    }
    if (!values.isGiven(SpecKeys.PORT) && !isWorker(values)) {
      problems.add(
          "port",
          0,
          "is missing: the server listens on 127.0.0.1 at this port, such as port = 8101");
    }
  }

  private static boolean isWorker(Schema.Values values) {
    return values
        .find(SpecKeys.PROVIDER)
        .filter(provider -> provider == Provider.WORKER)
        .isPresent();
  }

  private static void supervision(Schema.Values values, Problems problems) {
    boolean supervise = values.find(SpecKeys.SUPERVISE).orElse(false);
    int line = values.line("run.supervise");
    if (supervise && isWorker(values)) {
      problems.add("run.supervise", line, "is not for a worker, which needs none: leave it out");
    } else if (supervise && runtimeOf(values) != Runtime.EXEC) {
      problems.add(
          "run.supervise",
          line,
          "true is for runtime = \"exec\": in a container the server is not hal0's own child");
    }
    Duration watchdog = values.find(SpecKeys.WATCHDOG).orElse(Duration.ZERO);
    boolean watched = !watchdog.isZero();
    if (watched && !supervise && !isWorker(values)) {
      problems.add(
          "run.watchdog",
          values.line("run.watchdog"),
          "needs somebody who watches: write supervise = true beside it");
    } else if (watched && watchdog.compareTo(LEAST_WATCHDOG) < 0) {
      problems.add("run.watchdog", values.line("run.watchdog"), "must be \"0s\" or at least 1s");
    }
  }

  private static void worker(Schema.Values values, Problems problems) {
    if (!isWorker(values)) {
      if (values.hasTable("worker")) {
        problems.add("worker", values.line("worker"), "is for provider = \"worker\" only");
      }
      return;
    }
    if (values.isGiven(SpecKeys.PORT)) {
      problems.add(
          "port", values.line("port"), "is not for a worker, which has sockets: leave it out");
    }
    if (!values.isGiven(SpecKeys.ROLE)) {
      problems.add(
          "worker.role",
          values.line("worker"),
          "is missing: it says what the worker does: embed, chat, rerank or vision");
    }
    if (!values.isGiven(SpecKeys.ENGINE) && !values.isGiven(SpecKeys.COMMAND)) {
      problems.add(
          "worker.engine",
          values.line("worker"),
          "is missing: it says what the model runs in, such as engine = \"demo\"");
    }
    if (values.isGiven(SpecKeys.IMAGE)
        || values.isGiven(SpecKeys.RUNTIME) && runtimeOf(values) != Runtime.EXEC) {
      problems.add(
          values.isGiven(SpecKeys.IMAGE) ? "run.image" : "run.runtime",
          values.line(values.isGiven(SpecKeys.IMAGE) ? "run.image" : "run.runtime"),
          "is not for a worker, which runs as a plain process: leave it out");
    }
  }

  private static void runtime(Schema.Values values, Problems problems) {
    if (values.isGiven(SpecKeys.RUNTIME) && values.find(SpecKeys.RUNTIME).isEmpty()) {
      return;
    }
    Runtime runtime = runtimeOf(values);
    if (runtime != Runtime.EXEC) {
      if (!values.isGiven(SpecKeys.IMAGE)) {
        problems.add(
            "run.image",
            values.line("run.runtime"),
            "is missing: " + runtime.word() + " runs an image");
      }
      return;
    }
    if (values.isGiven(SpecKeys.COMMAND)) {
      values.find(SpecKeys.COMMAND).ifPresent(command -> program(command, values, problems));
    } else {
      values
          .find(SpecKeys.PROVIDER)
          .filter(provider -> !provider.hasCommand() && provider != Provider.WORKER)
          .ifPresent(
              provider ->
                  problems.add(
                      "run.command",
                      values.line("run"),
                      "is missing: hal0 has no command of its own for provider \""
                          + provider.word()
                          + "\""));
    }
  }

  private static void program(List<String> command, Schema.Values values, Problems problems) {
    int line = values.line("run.command");
    if (command.isEmpty()) {
      problems.add("run.command", line, "needs the program to run as its first item");
      return;
    }
    String program = command.getFirst();
    boolean filledIn = program.contains("{");
    if (program.isBlank()) {
      problems.add("run.command[0]", line, "is the program to run and must not be empty");
    } else if (!filledIn && program.contains("/") && !program.startsWith("/")) {
      problems.add(
          "run.command[0]",
          line,
          "must be the program's whole path, or a name without /, not "
              + TomlWriter.shortened(program));
    }
  }

  private static void probe(Schema.Values values, Problems problems) {
    values
        .find(SpecKeys.PROVIDER)
        .filter(provider -> provider != Provider.WORKER)
        .filter(
            provider -> values.find(SpecKeys.HEALTH_PATH).orElse(provider.healthPath()).isEmpty())
        .filter(
            provider -> values.find(SpecKeys.MODELS_PATH).orElse(provider.modelsPath()).isEmpty())
        .filter(_ -> !problems.has("probe.health_path") && !problems.has("probe.models_path"))
        .ifPresent(
            _ ->
                problems.add(
                    "probe",
                    values.line("probe"),
                    "has neither a health_path nor a models_path: nothing could tell whether it is"
                        + " ready"));
  }
}
