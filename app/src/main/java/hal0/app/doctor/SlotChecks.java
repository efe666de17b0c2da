package hal0.app.doctor;

import hal0.slots.spec.Models;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SlotSpec.Runtime;
import hal0.slots.unit.Host;
import hal0.slots.unit.ProviderCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What each slot needs to start: its port, its program or image, its model. */
final class SlotChecks {
  private static final int IMAGE_SECONDS = 15;

  private final Ground ground;
  private final Host host;
  private final Models models;
  private final List<Finding> findings = new ArrayList<>();

  private SlotChecks(Ground ground) {
    this.ground = ground;
    this.host = Host.here(ground.settings().scope(), ground.settings().environment());
    this.models = Models.read(ground.settings().configDir().resolve("models.toml"));
  }

  static List<Finding> look(Ground ground) throws InterruptedException {
    var checks = new SlotChecks(ground);
    for (SlotSpec spec : ground.specs()) {
      checks.port(spec);
      checks.model(spec);
      if (spec.run().runtime() == Runtime.EXEC) {
        checks.program(spec);
        checks.user(spec);
      } else {
        checks.image(spec);
      }
    }
    return checks.findings;
  }

  private void port(SlotSpec spec) {
    // What runs in a container need not be in the unit's cgroup, so that of a running unit the
    // daemon judges.
    if (spec.port() > 0 && !ground.isRunning(spec.name())) {
      findings.addAll(
          Holders.ofSlot(spec.name(), spec.port(), ground.file(spec.name()) + ", port"));
    }
  }

  private void model(SlotSpec spec) {
    Optional<Models.Entry> entry = spec.model().id().map(id -> models.lookup(spec, id));
    Optional<String> path = entry.flatMap(Models.Entry::path).or(() -> spec.model().path());
    boolean fetched =
        entry.flatMap(Models.Entry::source).or(() -> spec.model().source()).isPresent();
    if (path.isPresent() && !fetched && !Files.exists(Path.of(path.get()))) {
      String mend =
          "put it there, or write where to fetch it: source, under [model] in "
              + ground.file(spec.name());
      findings.add(
          Finding.wrong("the model of " + spec.name() + " is missing: " + path.get(), mend));
    }
  }

  private void program(SlotSpec spec) {
    Optional<String> program =
        spec.run()
            .command()
            .map(List::getFirst)
            .or(() -> ProviderCommands.program(spec.provider()));
    if (program.isEmpty() || program.get().contains("{") || isThere(program.get())) {
      return;
    }
    String mend =
        "install it, or write its full path: command, under [run] in " + ground.file(spec.name());
    findings.add(
        Finding.wrong("the program of " + spec.name() + " is not there: " + program.get(), mend));
  }

  private boolean isThere(String program) {
    String found = host.program().apply(program);
    return found.startsWith("/") && Files.isExecutable(Path.of(found));
  }

  private void user(SlotSpec spec) {
    String user = spec.run().user().isEmpty() ? "hal0" : spec.run().user();
    if (!ground.isSystem()
        || findings.stream().anyMatch(f -> f.text().startsWith("there is no user " + user))) {
      return;
    }
    try {
      Path.of("/").getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
    } catch (IOException | UnsupportedOperationException unknown) {
      String mend =
          ground.asRoot("useradd --system --no-create-home --shell /usr/sbin/nologin " + user);
      findings.add(
          Finding.wrong("there is no user " + user + ", whom " + spec.name() + " runs as", mend));
    }
  }

  private void image(SlotSpec spec) throws InterruptedException {
    String engine = spec.run().runtime().word();
    if (!isThere(engine)) {
      String debian = engine.equals("docker") ? "docker.io" : engine;
      findings.add(
          Finding.wrong(
              engine + ", which runs " + spec.name() + ", is not there",
              "apt-get install " + debian));
      return;
    }
    String image = spec.run().image().orElse("");
    if (Boolean.FALSE.equals(isPulled(engine, image))) {
      findings.add(
          Finding.wrong(
              "the image of " + spec.name() + " is missing: " + image, engine + " pull " + image));
    }
  }

  /** Null where the engine did not say. */
  private Boolean isPulled(String engine, String image) throws InterruptedException {
    try {
      Process asked =
          new ProcessBuilder(
                  host.program().apply(engine), "image", "inspect", "--format", "{{.Id}}", image)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!asked.waitFor(IMAGE_SECONDS, TimeUnit.SECONDS)) {
        asked.destroyForcibly();
        return null;
      }
      return asked.exitValue() == 0;
    } catch (IOException notRun) {
      return null;
    }
  }
}
