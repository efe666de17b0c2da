package hal0.tests.bed;

import hal0.tests.bed.standin.StandIn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Writes slot files whose upstream is a stand-in. Probes are quick and graces long, for tests on a
 * busy machine. Not safe for use by many threads.
 */
public final class SlotText {
  private final int port;
  private String provider = "llama-server";
  private String model = "tiny";
  private final List<String> arguments = new ArrayList<>();
  private List<String> command;
  private final Map<String, Map<String, String>> tables = new TreeMap<>();

  private SlotText(int port) {
    this.port = port;
    set("run", "runtime", "\"exec\"");
    set("run", "restart", "\"no\"");
    set("probe", "interval", "\"250ms\"");
    set("probe", "timeout", "\"10s\"");
    set("probe", "stabilise", "\"500ms\"");
    set("probe", "grace", "\"120s\"");
  }

  /** A llama-server with the model "tiny" on a free port, never restarted by systemd. */
  public static SlotText llama() {
    return new SlotText(Ports.free());
  }

  /** The same on a port that the test has chosen. */
  public static SlotText llama(int port) {
    return new SlotText(port);
  }

  /** Its port. */
  public int port() {
    return port;
  }

  /** The stand-in behind it, once it runs. */
  public Upstream upstream() {
    return Upstream.on(port);
  }

  /** Another provider, with a stand-in of that kind. */
  public SlotText provider(String word, String kind) {
    provider = word;
    return with("--kind", kind);
  }

  /** Another model; empty for none. */
  public SlotText model(String id) {
    model = id;
    return this;
  }

  /** More arguments for the stand-in. */
  public SlotText with(String... more) {
    arguments.addAll(List.of(more));
    return this;
  }

  /** Another command in place of the stand-in. */
  public SlotText command(String... argv) {
    command = List.of(argv);
    return this;
  }

  /**
   * Sets a key.
   *
   * @param table its table's name; empty for the file's own keys
   * @param value as TOML, so with its quotes
   */
  public SlotText set(String table, String key, String value) {
    tables.computeIfAbsent(table, t -> new TreeMap<>()).put(key, value);
    return this;
  }

  /** Sets a variable of the process. */
  public SlotText env(String name, String value) {
    return set("run", "env", "{ " + name + " = " + quote(value) + " }");
  }

  /** systemd restarts it on failure, after so long. */
  public SlotText restarted(String after) {
    return set("run", "restart", "\"on-failure\"").set("run", "restart_sec", quote(after));
  }

  /** The file's text. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("provider = ")
        .append(quote(provider))
        .append("\nport = ")
        .append(port)
        .append('\n');
    keys(text, "");
    text.append("[model]\ndefault = ").append(quote(model)).append('\n');
    keys(text, "model");
    tables.keySet().stream()
        .filter(table -> !table.isEmpty() && !table.equals("model"))
        .forEach(
            table -> {
              text.append('[').append(table).append("]\n");
              if (table.equals("run")) {
                text.append("command = ").append(argv()).append('\n');
              }
              keys(text, table);
            });
    return text.toString();
  }

  private void keys(StringBuilder text, String table) {
    tables
        .getOrDefault(table, Map.of())
        .forEach((key, value) -> text.append(key + " = " + value + "\n"));
  }

  private String argv() {
    List<String> argv = command;
    if (argv == null) {
      argv = new ArrayList<>(StandIn.command());
      argv.addAll(List.of("--port", "{port}", "--model", "{model}"));
      argv.addAll(arguments);
    }
    StringJoiner list = new StringJoiner(", ", "[", "]");
    argv.forEach(argument -> list.add(quote(argument)));
    return list.toString();
  }

  private static String quote(String text) {
    return Answer.JSON.valueToTree(text).toString();
  }
}
