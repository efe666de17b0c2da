package hal0.app.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What makes, removes and arms a slot: create, delete, enable, disable. */
final class DefinitionCommands {
  private DefinitionCommands() {}

  /** {@code create}. */
  @Command(
      name = "create",
      description = "Make a slot of a slot file. The daemon checks it and keeps its own copy.")
  static final class Create extends ClientCommand {
    @Parameters(
        paramLabel = "NAME",
        description = "The new slot's name: a-z, 0-9, - and _, at most 32.")
    private String name;

    @Option(
        names = "--file",
        required = true,
        paramLabel = "FILE",
        description = "The slot file, TOML or JSON; - reads stdin.")
    private String file;

    Create(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure {
      Map<?, ?> slot = Json.object(client().post("/api/slots", SlotFileJson.read(file, name)));
      terminal()
          .line(
              name
                  + " is made and "
                  + SlotRow.of(slot).state()
                  + "; next: hal0 slots load "
                  + name);
      return 0;
    }
  }

  /** {@code delete}. */
  @Command(name = "delete", description = "Unload a slot, then remove its files.")
  static final class Delete extends ClientCommand {
    @Parameters(paramLabel = "NAME", description = "The slot.")
    private String name;

    Delete(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws Failure {
      client().delete(Client.slot(name, ""));
      terminal().line(name + " is deleted");
      return 0;
    }
  }

  /** Enable and disable. */
  abstract static class Boot extends ClientCommand {
    @Parameters(paramLabel = "NAME", description = "The slot.")
    private String name;

    private final String verb;

    Boot(Session session, String verb) {
      super(session);
      this.verb = verb;
    }

    /** Whether to act at once, too. */
    abstract boolean now();

    @Override
    public Integer call() throws Failure {
      Map<?, ?> slot =
          Json.object(
              client().post(Client.slot(name, "/" + verb), now() ? "{\"now\":true}" : "{}"));
      terminal().line(name + " is " + verb + "d and " + SlotRow.of(slot).state());
      return 0;
    }
  }

  /** {@code enable}. */
  @Command(name = "enable", description = "Let systemd start the slot's unit at boot.")
  static final class Enable extends Boot {
    @Option(names = "--now", description = "Load it, too.")
    private boolean now;

    Enable(Session session) {
      super(session, "enable");
    }

    @Override
    boolean now() {
      return now;
    }
  }

  /** {@code disable}. */
  @Command(
      name = "disable",
      description = "Don't let systemd start the slot's unit at boot any more.")
  static final class Disable extends Boot {
    @Option(names = "--now", description = "Unload it, too.")
    private boolean now;

    Disable(Session session) {
      super(session, "disable");
    }

    @Override
    boolean now() {
      return now;
    }
  }
}
