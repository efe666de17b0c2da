package hal0.slots.unit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hal0.slots.SlotException;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.Scope;
import hal0.systemd.UnitFile;
import java.time.Duration;
import java.util.Optional;

/**
 * The text of a slot's drop-in: a pure function of its file, the model and the machine. The same
 * input gives the same text, so that a difference of texts is a difference of what would run.
 */
public final class DropIn {
  /**
   * The file in a unit's directory of drop-ins; an administrator's own goes beside it, and after it
   * by name.
   */
  public static final String FILE = "50-hal0.conf";

  private static final String OURS = "# Written by hal0";
  private static final String MODEL = "# model: ";
  private static final String DEFAULT = "# default: ";
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private DropIn() {}

  /**
   * Writes the text.
   *
   * @param modelId the model to load; empty for none
   * @param modelPath where its file is; empty where none is known
   * @throws SlotException.UnknownModel if the command needs the model's path and there is none
   * @throws SlotException.ConfigError if the file gives no command and its provider has none
   */
  public static String text(
      SlotSpec spec, Optional<String> modelId, Optional<String> modelPath, Host host)
      throws SlotException {
    Launch launch = Launch.of(spec, modelId, modelPath);
    StringBuilder text = new StringBuilder();
    text.append(OURS)
        .append(" from slots/")
        .append(spec.name())
        .append(".toml; changes made here are lost.\n");
    text.append("# Put your own beside it, in 60-local.conf for example.\n");
    modelId.ifPresent(id -> text.append(MODEL).append(json(id)).append('\n'));
    if (!modelId.equals(spec.model().id())) {
      // Otherwise a new default in the file could not be told from a model that was asked for.
      text.append(DEFAULT).append(json(spec.model().id().orElse(""))).append('\n');
    }
    Section.unit(text, launch, host);
    switch (spec.run().runtime()) {
      case EXEC -> ExecSection.append(text, launch, host);
      case PODMAN -> PodmanSection.append(text, launch, host);
      case DOCKER -> DockerSection.append(text, launch, host);
    }
    Section.common(text, spec);
    return text.toString();
  }

  /** Whether a drop-in's text is one of ours. */
  public static boolean isOurs(String text) {
    return text.startsWith(OURS);
  }

  /** The model that a text of ours was written for; empty for none. */
  public static Optional<String> model(String text) {
    return text.lines()
        .takeWhile(line -> line.startsWith("#"))
        .filter(line -> line.startsWith(MODEL))
        .findFirst()
        .flatMap(line -> string(line.substring(MODEL.length())));
  }

  private static String json(String value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a string is always JSON", e);
    }
  }

  private static Optional<String> string(String json) {
    try {
      return Optional.ofNullable(JSON.readValue(json, String.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /** What the sections of every runtime have in common. */
  static final class Section {
    /** A stop is told to the server, then enforced; the same for every runtime. */
    static final Duration STOP = Duration.ofSeconds(30);

    private Section() {}

    private static void unit(StringBuilder text, Launch launch, Host host) {
      SlotSpec spec = launch.spec();
      text.append("\n[Unit]\n");
      String what = "hal0 slot " + spec.name() + " (" + spec.provider().word() + ")";
      set(text, "Description", UnitFile.value(what));
      if (spec.run().runtime() == SlotSpec.Runtime.DOCKER && host.scope() == Scope.SYSTEM) {
        set(text, "Wants", "docker.service");
        set(text, "After", "docker.service");
      }
      text.append("\n[Service]\n");
    }

    private static void common(StringBuilder text, SlotSpec spec) {
      set(text, "Restart", UnitFile.value(spec.run().restart()));
      set(text, "RestartSec", seconds(spec.run().restartSec()));
      // 128 + SIGTERM: how a process that passes the signal on tells that it was asked to end.
      set(text, "SuccessExitStatus", "143");
      set(text, "KillMode", "mixed");
      set(text, "TimeoutStopSec", seconds(STOP));
    }

    static void set(StringBuilder text, String key, String value) {
      text.append(key).append('=').append(value).append('\n');
    }

    /** As systemd.time(7) reads it. */
    static String seconds(Duration duration) {
      long millis = duration.toMillis();
      return millis % 1000 == 0 ? millis / 1000 + "s" : millis + "ms";
    }
  }
}
