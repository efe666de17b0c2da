package hal0.slots.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Slot files with something wrong, and what is said of each. */
final class WrongFiles {
  static final String GOOD = "provider = \"llama-server\"\nport = 8101\n";

  /** A file that is wrong, and every problem it must have: "line key: part of the message". */
  record Bad(String name, String toml, String... problems) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Bad bad(String name, String toml, String... problems) {
    return new Bad(name, toml, problems);
  }

  /** The same behind two good lines. */
  private static Bad tail(String name, String toml, String... problems) {
    return new Bad(name, GOOD + toml, problems);
  }

  static List<Bad> wrongValues() {
    return Stream.of(wrongValues1(), wrongWorkers(), wrongValues2(), wrongValues3(), wrongValues4())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Bad> wrongWorkers() {
    return List.of(
        bad(
            "worker",
            "provider = \"worker\"\n[worker]\nrole = \"chat\"",
            "2 worker.engine: is missing"),
        bad(
            "worker's role",
            "provider = \"worker\"\n[worker]\nrole = \"sing\"\nengine = \"demo\"",
            "3 worker.role: one of embed, chat"),
        bad(
            "worker without a role",
            "provider = \"worker\"\n[worker]\nengine = \"demo\"",
            "2 worker.role: is missing"),
        bad(
            "worker with a port",
            "provider = \"worker\"\nport = 1\n[worker]\nrole = \"chat\"\nengine = \"demo\"",
            "2 port: leave it out"),
        bad(
            "worker with an image",
            "provider = \"worker\"\n"
                + "[run]\n"
                + "image = \"x\"\n"
                + "[worker]\n"
                + "role = \"chat\"\n"
                + "engine = \"demo\"",
            "3 run.image: plain process"));
  }

  private static List<Bad> wrongValues1() {
    return List.of(
        bad("empty", "", "0 provider: is missing", "0 port: is missing"),
        bad("comment only", "# nothing\n", "0 provider: is missing", "0 port: is missing"),
        bad("port 0", "provider = \"flm\"\nport = 0", "2 port: from 1 to 65535, not 0"),
        bad("port 65536", "port = 65536\nprovider = \"flm\"", "1 port: from 1 to 65535, not 65536"),
        bad(
            "port as text",
            "provider = \"flm\"\nport = \"8101\"",
            "2 port: whole number",
            "not the text \"8101\""),
        bad("port real", "provider = \"flm\"\nport = 81.5", "2 port: not the number 81.5"),
        bad(
            "port huge",
            "provider = \"flm\"\nport = 99999999999999999999999",
            "2 port: a number out of range"),
        bad("port date", "provider = \"flm\"\nport = 2020-01-01", "2 port: not a date"),
        bad(
            "provider wrong",
            "provider = \"lama-server\"\nport = 1",
            "1 provider: did you mean \"llama-server\"?"),
        tail("unknown key", "prot = 1\n", "3 prot: did you mean port?"),
        tail("misplaced key", "grace = \"3s\"\n", "3 grace: did you mean probe.grace?"),
        tail("unknown table", "[modle]\ndefault = \"x\"\nx = 1\n", "3 modle: did you mean model?"),
        tail(
            "unknown in table",
            "[run]\n\nrestart_secs = \"1s\"\n",
            "5 run.restart_secs: did you mean run.restart_sec?"),
        tail(
            "unknown strange",
            "\"a b\" = 1\n",
            "3 \"a b\": unknown key; known here: provider, port"),
        tail("dotted key", "probe.grase = \"3s\"\n", "3 probe.grase: did you mean probe.grace?"),
        tail("quoted dot", "\"probe.grace\" = \"3s\"\n", "3 \"probe.grace\": unknown key"),
        tail(
            "table is a value",
            "probe = 3\n",
            "3 probe: must be a table such as [probe], not the number 3"),
        tail("table is a list", "[[probe]]\n", "3 probe: must be a table"),
        tail("value is a table", "[port]\n", "3 port: is given already, in line 2"),
        tail("flag as text", "enabled = \"yes\"\n", "3 enabled: must be true or false"),
        tail("duration without unit", "[probe]\ngrace = \"30\"\n", "4 probe.grace: \"250ms\""),
        tail("duration as number", "[probe]\ngrace = 30\n", "4 probe.grace: not the number 30"));
  }

  private static List<Bad> wrongValues2() {
    return List.of(
        tail("duration zero", "[probe]\ninterval = \"0s\"\n", "4 probe.interval: longer than zero"),
        tail(
            "duration negative",
            "[probe]\ntimeout = \"-1s\"\n",
            "4 probe.timeout: must be text such as"),
        tail("duration too long", "[probe]\ngrace = \"8761h\"\n", "4 probe.grace: at most 8760h"),
        tail(
            "duration huge",
            "[probe]\ngrace = \"999999999999999h\"\n",
            "4 probe.grace: at most 8760h"),
        tail(
            "duration absurd",
            "[probe]\ngrace = \"99999999999999999999h\"\n",
            "4 probe.grace: must be text such as"),
        tail("failures", "probe.failures = 0\n", "3 probe.failures: from 1 to 1000, not 0"),
        tail(
            "bytes",
            "[needs]\nmemory = \"10GB\"\nvram = 9\n",
            "4 needs.memory: \"16G\"",
            "5 needs.vram: not the number 9"),
        tail("bytes zero", "[needs]\nmemory = \"0G\"\n", "4 needs.memory: above zero"),
        tail(
            "bytes huge",
            "run.memory_max = \"9999999999999P\"\n",
            "3 run.memory_max: more than any machine has"),
        tail("sha256", "[model]\nsha256 = \"abc\"\n", "4 model.sha256: 64 hexadecimal digits"),
        tail(
            "path",
            "[model]\npath = \"models/x\"\n",
            "4 model.path: must begin with /, not be \"models/x\""),
        tail("source", "[model]\nsource = \"ftp://x\"\n", "4 model.source: https://"),
        tail(
            "health path",
            "[probe]\nhealth_path = \"health\"\n",
            "4 probe.health_path: begins with /"),
        tail(
            "health path blank",
            "[probe]\nhealth_path = \"/a b\"\n",
            "4 probe.health_path: plain characters"),
        tail("line break", "backend = \"a\\nb\"\n", "3 backend: must be one line"),
        tail("nul", "[run]\ncommand = [\"a\", \"b\\u0000\"]\n", "4 run.command[1]: NUL"));
  }

  private static List<Bad> wrongValues3() {
    return List.of(
        tail(
            "list of numbers",
            "[run]\ncommand = [\n \"a\",\n 1,\n 2]\n",
            "6 run.command[1]: not the number 1",
            "7 run.command[2]: "),
        tail("list as text", "[run]\ncommand = \"a b\"\n", "4 run.command: must be a list in [ ]"),
        tail("no program", "[run]\ncommand = []\n", "4 run.command: needs the program"),
        tail("empty program", "[run]\ncommand = [\" \"]\n", "4 run.command[0]: must not be empty"),
        tail(
            "relative program",
            "[run]\ncommand = [\"./run.sh\"]\n",
            "4 run.command[0]: the program's whole path"),
        tail(
            "environment name",
            "[run.env]\n1A = \"x\"\nB = 2\n",
            "4 run.env.1A: no digit first",
            "5 run.env.B: text in quotes"),
        tail(
            "environment as list",
            "[run]\nenv = [\"A=1\"]\n",
            "4 run.env: must be a table of texts"),
        tail(
            "restart",
            "[run]\nrestart = \"on_failure\"\n",
            "4 run.restart: did you mean \"on-failure\"?"),
        tail("runtime", "[run]\nruntime = \"podmn\"\n", "4 run.runtime: did you mean \"podman\"?"),
        tail(
            "no image",
            "[run]\nruntime = \"docker\"\n",
            "4 run.image: is missing: docker runs an image"),
        tail(
            "image as option", "[run]\nimage = \"--privileged\"\n", "4 run.image: an image's name"),
        tail("user", "[run]\nuser = \"a b\"\n", "4 run.user: a user's name"),
        tail(
            "supervise",
            "[run]\nsupervise = true\nimage = \"x\"\n",
            "4 run.supervise: true is for runtime = \"exec\""),
        tail(
            "watchdog",
            "[run]\nwatchdog = \"3s\"\n",
            "4 run.watchdog: write supervise = true beside it"),
        tail(
            "short watchdog",
            "[run]\nsupervise = true\nwatchdog = \"900ms\"\n",
            "5 run.watchdog: at least 1s"),
        tail(
            "worker table",
            "[worker]\nengine = \"x\"\n",
            "3 worker: is for provider = \"worker\" only"));
  }

  private static List<Bad> wrongValues4() {
    return List.of(
        tail(
            "key's variable",
            "[admission]\napi_key_env = \"MY-KEY\"\n",
            "4 admission.api_key_env: the name of a variable"),
        bad(
            "no command",
            "provider = \"generic\"\nport = 1\n[run]\n",
            "3 run.command: no command of its own for provider \"generic\""),
        bad(
            "nothing to probe",
            "provider = \"openai\"\nport = 1\nrun.command = [\"x\"]\nprobe.models_path = \"\"",
            "4 probe: neither a health_path nor a models_path"),
        bad(
            "many at once",
            "prot = 1\n"
                + "provider = 3\n"
                + "[probe]\n"
                + "failures = \"x\"\n"
                + "failures = 2\n"
                + "[idle]\n"
                + "after = true\n"
                + "[idle]\n"
                + "x = 1",
            "0 port: is missing",
            "1 prot: did you mean port?",
            "2 provider: must be one of",
            "4 probe.failures: whole number",
            "5 probe.failures: is given already, in line 4",
            "7 idle.after: must be text such as",
            "8 idle: is given already, in line 6",
            "9 idle.x: unknown key"));
  }

  static List<Bad> wrongSyntax() {
    return List.of(
        tail(
            "no value",
            "enabled =\n",
            "3 : expected a value, found the end of the line (column 10)"),
        tail(
            "no quotes",
            "backend = vulkan\n",
            "3 : \"vulkan\" is neither a number nor true or false; text stands in quotes (column"
                + " 11)"),
        tail("colon", "backend: \"x\"\n", "3 : expected = after backend, found \":\" (column 8)"),
        tail("open text", "backend = \"x\n", "3 : this text has no closing \" (column 11)"),
        tail(
            "open long text",
            "backend = \"\"\"x\n\n",
            "3 : this text has no closing \"\"\" (column 11)"),
        tail(
            "open list",
            "[run]\ncommand = [ \"a\",\n",
            "4 : this list has no closing ] (column 11)"),
        tail(
            "no comma",
            "[run]\ncommand = [\"a\" \"b\"]\n",
            "4 : expected , or ] in a list, found \"\"\" (column 16)"),
        tail(
            "open table",
            "[run\n",
            "3 : expected ] after the table's name, found the end of the line (column 5)"),
        tail(
            "two on a line",
            "enabled = true pinned = true\n",
            "3 : expected the end of the line, found \"p\" (column 16)"),
        tail("escape", "backend = \"C:\\models\"\n", "3 : an unknown escape"),
        tail(
            "inline over lines",
            "run = { restart = \"no\",\n }\n",
            "3 : expected a key, found the end of the line"),
        tail(
            "control",
            "backend = \"\u0001\"\n",
            "3 : the control character U+0001 is not allowed here (column 12)"),
        tail(
            "lone carriage return",
            "enabled = true\rpinned = true\n",
            "3 : a carriage return without a line feed"),
        tail(
            "umlaut before",
            "backend = \"\u00e4\ud83d\ude00\" x\n",
            "3 : expected the end of the line, found \"x\" (column 16)"),
        tail("deep", "x = " + "[".repeat(70) + "\n", "3 : nested more than 64 deep"),
        tail("deep key", "x" + ".x".repeat(70) + " = 1\n", "3 : nested more than 64 deep"));
  }

  static List<Bad> allWrong() {
    List<Bad> all = new ArrayList<>(wrongValues());
    all.addAll(wrongSyntax());
    return all;
  }

  private WrongFiles() {}
}
