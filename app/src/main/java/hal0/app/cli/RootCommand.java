package hal0.app.cli;

import picocli.CommandLine.Command;

/** {@code hal0} itself. */
@Command(
    name = "hal0",
    description = "Runs local AI servers as slots, one systemd unit each.",
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the slot, or the machine, could not do it",
      "2:wrong usage",
      "3:the daemon cannot be reached",
      "4:no such slot"
    })
final class RootCommand {}
