package hal0.app.cli;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * {@code hal0 slots status}: on its own, without the command line's machinery, so that it starts
 * quickly.
 */
public final class Status {
  private final Session session;
  private final Request request;

  private Status(Session session, Request request) {
    this.session = session;
    this.request = request;
  }

  /**
   * What was asked for.
   *
   * @param names of slots; none for all
   * @param url the flag's value or null
   */
  record Request(List<String> names, boolean json, boolean watch, String url) {

    /** Understands a plain status command line; empty for every other, which goes the long way. */
    static Optional<Request> of(String[] args) throws Failure {
      if (args.length < 2
          || !(args[0].equals("slots") || args[0].equals("slot"))
          || !args[1].equals("status")) {
        return Optional.empty();
      }
      var names = new ArrayList<String>();
      boolean json = false;
      boolean watch = false;
      String url = null;
      for (int i = 2; i < args.length; i++) {
        String arg = args[i];
        if (arg.equals("--json")) {
          json = true;
        } else if (arg.equals("--watch")) {
          watch = true;
        } else if (arg.equals("--url") && i + 1 < args.length) {
          url = args[++i];
        } else if (arg.startsWith("--url=")) {
          url = arg.substring("--url=".length());
        } else if (arg.equals("--url")) {
          throw new Failure(
              Failure.USAGE, "--url: an address is missing (see: hal0 slots status --help)");
        } else if (arg.startsWith("-") || arg.startsWith("@") || arg.isEmpty()) {
          return Optional.empty();
        } else {
          names.add(arg);
        }
      }
      return Optional.of(new Request(names, json, watch, url));
    }
  }

  /**
   * Does what a plain status command line asks for, and gives its exit code; empty for every other
   * command line.
   */
  public static OptionalInt quick(Session session, String[] args) {
    try {
      // The launcher gives hal0's own jar alone for these, so that nothing of them may need
      // another.
      Optional<Request> request = Request.of(args);
      return request.isEmpty() ? OptionalInt.empty() : OptionalInt.of(run(session, request.get()));
    } catch (Failure | InterruptedException | RuntimeException failure) {
      return OptionalInt.of(Report.failure(session, failure));
    }
  }

  /** Does it; the exit code is the answer. */
  static int run(Session session, Request request) throws Failure, InterruptedException {
    Status status = new Status(session, request);
    Client client = session.client(request.url);
    if (request.watch) {
      return new Watch(session, client, request).run();
    }
    return request.json ? status.json(client) : status.table(client);
  }

  /**
   * What the API answers, byte by byte: the array; the object for one name; an array of them for
   * several.
   */
  private int json(Client client) throws Failure {
    var out = new ByteArrayOutputStream();
    if (request.names.isEmpty()) {
      out.writeBytes(client.get("/api/slots"));
    } else if (request.names.size() == 1) {
      out.writeBytes(client.get(Client.slot(request.names.getFirst(), "")));
    } else {
      String before = "[";
      for (String name : request.names) {
        out.write(before.charAt(0));
        out.writeBytes(client.get(Client.slot(name, "")));
        before = ",";
      }
      out.write(']');
    }
    Terminal terminal = session.terminal();
    byte[] bytes = out.toByteArray();
    terminal.out().write(bytes, 0, bytes.length);
    if (bytes.length == 0 || bytes[bytes.length - 1] != '\n') {
      terminal.out().write('\n');
    }
    terminal.out().flush();
    return 0;
  }

  private int table(Client client) throws Failure {
    Map<String, SlotRow> rows = rows(client.getJson("/api/slots"));
    Terminal terminal = session.terminal();
    var shown = new LinkedHashMap<String, SlotRow>();
    var missing = new ArrayList<String>();
    for (String name : request.names.isEmpty() ? List.copyOf(rows.keySet()) : request.names) {
      SlotRow row = rows.get(name);
      if (row == null) {
        missing.add(name);
      } else {
        shown.put(name, row);
      }
    }
    if (!shown.isEmpty() || missing.isEmpty()) {
      int columns = terminal.size().get().columns();
      List<SlotRow> lines = List.copyOf(shown.values());
      new StatusTable(terminal)
          .lines(lines, session.clock().instant(), columns)
          .forEach(terminal::line);
    }
    if (!missing.isEmpty()) {
      throw noSuch(missing);
    }
    if (rows.isEmpty() && terminal.live()) {
      terminal.line(
          "No slots yet: write " + session.configDir().resolve("slots").resolve("NAME.toml"));
    }
    return 0;
  }

  /** The list's slots by name. */
  static Map<String, SlotRow> rows(Object slots) {
    var rows = new TreeMap<String, SlotRow>();
    for (Object slot : Json.list(slots)) {
      SlotRow row = SlotRow.of(Json.object(slot));
      rows.put(row.name(), row);
    }
    return rows;
  }

  /** Names that no slot has. */
  static Failure noSuch(List<String> names) {
    String message = "no slot is called \"" + String.join("\", \"", names) + "\"";
    return new Failure(Failure.NO_SLOT, message);
  }
}
