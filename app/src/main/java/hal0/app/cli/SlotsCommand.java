package hal0.app.cli;

import picocli.CommandLine.Command;

/** The group of commands about slots. */
@Command(name = "slots", aliases = "slot", description = "See and command the slots.")
final class SlotsCommand {}
