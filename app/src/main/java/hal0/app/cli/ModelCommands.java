package hal0.app.cli;

import hal0.slots.pull.Progress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The files of models: list, pull, rm, verify. */
final class ModelCommands {
  private ModelCommands() {}

  /** The group. */
  @Command(name = "models", aliases = "model", description = "See and fetch the models' files.")
  static final class Group {}

  private static String path(String id, String rest) {
    return "/api/models/"
        + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20")
        + rest;
  }

  /** {@code list}. */
  @Command(
      name = "list",
      description = "List the models of models.toml and of the slots' files, and where they are.")
  static final class ListAll extends ClientCommand {
    private static final String[] TITLES = {"MODEL", "SIZE", "FILE", "USED BY", "PATH"};

    @Option(names = "--json", description = "Print what the API answers.")
    private boolean json;

    ListAll(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure {
      Client client = client();
      byte[] answer = client.get("/api/models");
      if (json) {
        terminal().out().write(answer, 0, answer.length);
        terminal().line("");
        return 0;
      }
      List<String[]> rows = new ArrayList<>();
      rows.add(TITLES);
      if (new Client.Answer(200, answer).json(client.address()) instanceof List<?> models) {
        models.forEach(model -> rows.add(row(Json.object(model))));
      }
      int[] widths = new int[TITLES.length];
      for (String[] row : rows) {
        for (int i = 0; i < widths.length; i++) {
          widths[i] = Math.max(widths[i], TextWidth.of(row[i]));
        }
      }
      rows.forEach(row -> terminal().line(line(row, widths)));
      return 0;
    }

    private static String line(String[] row, int[] widths) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - TextWidth.of(row[i]) + 2));
      }
      return line.toString().stripTrailing();
    }

    private static String[] row(Map<?, ?> model) {
      List<String> users = new ArrayList<>();
      if (model.get("slots") instanceof List<?> slots) {
        slots.forEach(slot -> users.add(TextWidth.clean(String.valueOf(slot))));
      }
      String path = TextWidth.clean(Json.text(model, "path"));
      return new String[] {
        TextWidth.clean(Json.text(model, "id")),
        model.get("bytes") instanceof Number bytes ? Progress.size(bytes.longValue()) : "-",
        file(model),
        users.isEmpty() ? "-" : String.join(", ", users),
        path.isEmpty() ? "-" : path
      };
    }

    private static String file(Map<?, ?> model) {
      Map<?, ?> pull = Json.object(model.get("pull"));
      if (!pull.isEmpty()) {
        return pull.get("percent") instanceof Number percent
            ? Json.text(pull, "phase") + " " + percent.intValue() + " %"
            : Json.text(pull, "phase");
      }
      if (!Boolean.TRUE.equals(model.get("present"))) {
        return Json.text(model, "source").isEmpty() ? "missing" : "not fetched";
      }
      if (model.get("verified") instanceof Boolean right) {
        return right ? "verified" : "wrong";
      }
      return "present";
    }
  }

  /** A verb about one model. */
  abstract static class OfOne extends ClientCommand {
    @Parameters(paramLabel = "MODEL", description = "The model's id.")
    private String id;

    OfOne(Session session) {
      super(session);
    }

    String id() {
      return id;
    }
  }

  /** {@code pull}. */
  @Command(name = "pull", description = "Fetch a model's file from its source, if it is missing.")
  static final class Pull extends OfOne {
    private static final long TICK_MS = 500;

    Pull(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
      Client client = client();
      EventPump pump = new EventPump();
      PullLook look = new PullLook(terminal().unicode());
      Screen screen = new Screen(terminal());
      pump.call(() -> client.post(path(id(), "/pull"), "{}"));
      try {
        while (true) {
          switch (pump.next(TICK_MS)) {
            case EventPump.Item.Answered(Object json) -> {
              screen.erase();
              Map<?, ?> model = Json.object(json);
              terminal().line(id() + " is at " + TextWidth.clean(Json.text(model, "path")));
              return 0;
            }
            case EventPump.Item.Refused(Failure failure) -> throw failure;
            case null, default -> show(client, look, screen);
          }
        }
      } finally {
        screen.erase();
      }
    }

    private void show(Client client, PullLook look, Screen screen) throws Failure {
      Map<?, ?> pull = Json.object(Json.object(client.getJson(path(id(), ""))).get("pull"));
      look.take(Map.of("pull", pull, "message", Json.text(pull, "message")));
      if (terminal().live() && look.isOn()) {
        Terminal.Size size = terminal().size().get();
        screen.draw(
            List.of(TextWidth.cut(look.line(), size.columns(), terminal().ellipsis())), size);
      } else if (!terminal().live()) {
        String news = look.news(session().clock().instant());
        if (!news.isEmpty()) {
          terminal().line(news);
        }
      }
    }
  }

  /** {@code verify}. */
  @Command(
      name = "verify",
      description = "Read a model's file and compare its sha256 with the one that is written down.")
  static final class Verify extends OfOne {
    Verify(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure {
      Map<?, ?> found = Json.object(client().post(path(id(), "/verify"), "{}"));
      String sum = TextWidth.clean(Json.text(found, "sha256"));
      if (found.get("matches") instanceof Boolean right) {
        if (!right) {
          throw new Failure(
              Failure.NOT_DONE,
              id()
                  + " is wrong: its sha256 is "
                  + sum
                  + ", not "
                  + Json.text(found, "sha256_wanted"));
        }
        terminal().line(id() + " is right: sha256 " + sum);
      } else {
        terminal().line(id() + " has the sha256 " + sum + "; none is written down for it");
      }
      return 0;
    }
  }

  /** {@code rm}. */
  @Command(
      name = "rm",
      description = "Remove a model's file from the disk, unless a slot that is live uses it.")
  static final class Remove extends OfOne {
    Remove(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure {
      client().delete(path(id(), ""));
      terminal().line(id() + " is removed");
      return 0;
    }
  }
}
