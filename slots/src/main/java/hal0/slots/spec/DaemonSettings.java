package hal0.slots.spec;

import hal0.slots.room.Budget;
import hal0.slots.toml.TomlException;
import hal0.slots.toml.TomlFile;
import hal0.slots.toml.TomlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code hal0.toml} says; a key that is left out is empty. Immutable.
 *
 * @param scope {@code system} or {@code user}
 * @param stateDirectory a path from the root
 * @param listen host and port, such as {@code 127.0.0.1:8080} or {@code [::1]:8080}
 * @param tokenAlways whether {@code [auth] require} is {@code all}
 * @param hosts further names that a request's {@code Host} may have
 * @param required slots that the node's readiness depends on beside the enabled ones
 * @param maxBody the longest JSON body that is passed on to a slot, in bytes
 * @param maxUpload the longest body of another kind, in bytes
 * @param hfBase where Hugging Face's files are fetched from
 * @param budget what the loaded slots may take together
 * @param problems everything that is wrong with the file, by line; a daemon must not start with any
 */
public record DaemonSettings(
    Optional<String> scope,
    Optional<String> stateDirectory,
    Optional<String> listen,
    boolean tokenAlways,
    List<String> hosts,
    List<String> required,
    Optional<Long> maxBody,
    Optional<Long> maxUpload,
    Optional<String> hfBase,
    Budget budget,
    List<SpecProblem> problems) {
  /** What an address of a mirror of Hugging Face looks like. */
  public static final Pattern BASE = Pattern.compile("https?://[^\\s/?#@]+(/[^\\s?#]*)?");

  private static final Key<String> SCOPE =
      Key.of("scope", SpecKeys.word(List.of("system", "user")));
  private static final Key<String> STATE_DIR = Key.of("state_dir", Readings.path());
  private static final Key<String> LISTEN = Key.of("listen", address());
  private static final Key<String> REQUIRE =
      Key.of("auth.require", SpecKeys.word(List.of("default", "all")), "default");
  private static final Key<List<String>> HOSTS =
      Key.of(
          "server.hosts",
          Readings.list(
              Readings.matching(
                  Pattern.compile("[A-Za-z0-9_.:\\[\\]-]{1,255}"), "must be a host's name")),
          List.of());
  private static final Key<List<String>> REQUIRED =
      Key.of(
          "readiness.required",
          Readings.list(Readings.matching(SlotSpec.NAME, "must be a slot's name")),
          List.of());
  private static final Key<Long> MAX_BODY = Key.of("server.max_body", Readings.bytes());
  private static final Key<Long> MAX_UPLOAD = Key.of("server.max_upload", Readings.bytes());
  private static final Key<String> HF_BASE = Key.of("pull.hf_base", base());
  private static final Key<Long> MEMORY = Key.of("budget.memory", Readings.bytes());
  private static final Key<Long> VRAM = Key.of("budget.vram", Readings.bytes());
  private static final Schema ALL =
      new Schema(
          List.of(
              SCOPE,
              STATE_DIR,
              LISTEN,
              REQUIRE,
              HOSTS,
              REQUIRED,
              MAX_BODY,
              MAX_UPLOAD,
              HF_BASE,
              MEMORY,
              VRAM));

  /** Says nothing: what a missing file says. */
  public static final DaemonSettings NONE = broken(List.of());

  /**
   * Reads the file. None is no problem; what lies in its place and can't be read is one, and never
   * blocks.
   */
  public static DaemonSettings read(Path file) {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return NONE;
    }
    try {
      return parse(TomlFile.decode(TomlFile.read(file)));
    } catch (IOException e) {
      return broken(List.of(new SpecProblem("", 0, e.getMessage())));
    } catch (TomlException e) {
      return broken(List.of(SpecFile.problem(e)));
    }
  }

  /** Reads the file's text. */
  public static DaemonSettings parse(String toml) {
    Problems problems = new Problems();
    Schema.Values values;
    try {
      TomlText text = TomlText.parse(toml);
      problems.addRepeats(text);
      values = ALL.read(text.root(), problems);
    } catch (TomlException e) {
      return broken(List.of(SpecFile.problem(e)));
    }
    return new DaemonSettings(
        values.find(SCOPE),
        values.find(STATE_DIR),
        values.find(LISTEN),
        values.get(REQUIRE).equals("all"),
        values.get(HOSTS),
        values.get(REQUIRED),
        values.find(MAX_BODY),
        values.find(MAX_UPLOAD),
        values.find(HF_BASE),
        new Budget(
            values.find(MEMORY).orElse(Budget.UNLIMITED.memory()),
            values.find(VRAM).orElse(Budget.UNLIMITED.vram())),
        problems.sorted());
  }

  private static DaemonSettings broken(List<SpecProblem> problems) {
    return new DaemonSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Budget.UNLIMITED,
        problems);
  }

  private static Reading<String> base() {
    return Readings.matching(BASE, "must be an address such as \"https://huggingface.co\"");
  }

  private static Reading<String> address() {
    Pattern form = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9_.-]+):[0-9]{1,5}");
    String must = "must be an address such as \"127.0.0.1:8080\"";
    return Readings.matching(form, must)
        .then(
            value -> {
              int port = Integer.parseInt(value.substring(value.lastIndexOf(':') + 1));
              return port <= 65535 ? "" : must + ": a port is at most 65535";
            });
  }
}
