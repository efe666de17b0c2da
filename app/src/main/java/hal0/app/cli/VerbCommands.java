package hal0.app.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The verbs of a slot's life: load, unload, restart, swap. */
final class VerbCommands {
  private VerbCommands() {}

  /** A verb that is followed to its end, unless that is not wanted. */
  abstract static class Verb extends ClientCommand {
    @Parameters(paramLabel = "NAME", description = "The slot.")
    private String name;

    @Option(
        names = "--no-wait",
        description = "Come back as soon as the slot has taken the command.")
    private boolean noWait;

    private final String verb;

    Verb(Session session, String verb) {
      super(session);
      this.verb = verb;
    }

    /** The request's body. */
    String body() {
      return "{}";
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
      Client client = client();
      if (noWait) {
        Map<?, ?> slot =
            Json.object(client.post(Client.slot(name, "/" + verb + "?wait=0"), body()));
        SlotRow row = SlotRow.of(slot);
        terminal().line(row.name() + " has taken it and is " + row.state());
        return 0;
      }
      Instant start = session().clock().instant();
      Map<?, ?> slot = new LoadProgress(session(), client, name).run(verb, body());
      terminal()
          .line(LoadProgress.sentence(slot, Duration.between(start, session().clock().instant())));
      return 0;
    }
  }

  /** {@code load}. */
  @Command(
      name = "load",
      description = "Load a slot: start its unit and wait until it serves its model.")
  static final class Load extends Verb {
    @Option(
        names = "--model",
        paramLabel = "ID",
        description = "Another model than the slot file's default.")
    private String model;

    Load(Session session) {
      super(session, "load");
    }

    @Override
    String body() {
      return model == null ? "{}" : "{\"model_id\":" + Json.quote(model) + "}";
    }
  }

  /** {@code unload}. */
  @Command(
      name = "unload",
      description =
          "Unload a slot: let its requests finish, then stop its unit. Cancels a load under way.")
  static final class Unload extends Verb {
    Unload(Session session) {
      super(session, "unload");
    }
  }

  /** {@code restart}. */
  @Command(name = "restart", description = "Unload a slot, then load it again.")
  static final class Restart extends Verb {
    Restart(Session session) {
      super(session, "restart");
    }
  }

  /** {@code swap}. */
  @Command(name = "swap", description = "Unload a slot, then load another model into it.")
  static final class Swap extends Verb {
    @Parameters(index = "1", paramLabel = "MODEL", description = "The model's id.")
    private String model;

    Swap(Session session) {
      super(session, "swap");
    }

    @Override
    String body() {
      return "{\"model_id\":" + Json.quote(model) + "}";
    }
  }
}
