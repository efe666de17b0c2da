package hal0.systemd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What units wrote, read from the journal by {@code journalctl}. Lines are as written but for
 * colours, which are taken out, and other control characters, which become spaces. Safe for use by
 * many threads.
 */
public final class Journal {
  /** How many lines can be asked for at once. */
  public static final int MOST_LINES = 10_000;

  private static final String PROGRAM = "journalctl";

  private final Scope scope;
  private final Map<String, String> environment;
  private final String program;

  /**
   * @param environment variables to give to {@code journalctl} beside this process's own
   */
  public Journal(Scope scope, Map<String, String> environment) {
    this(scope, environment, PROGRAM);
  }

  Journal(Scope scope, Map<String, String> environment, String program) {
    this.scope = scope;
    this.environment = Map.copyOf(environment);
    this.program = program;
  }

  /**
   * The last lines.
   *
   * @param lines in the order they were written
   * @param hint why there are none and what to do, where the journal is missing or may not be read;
   *     empty when there is a journal, even if it says nothing of the unit
   */
  public record Tail(List<String> lines, Optional<String> hint) {}

  /**
   * The last lines of a unit. Takes five seconds at the most, and some mebibytes; blocks.
   *
   * @param invocationId only those of that start; empty for all
   * @param lines how many, 1 to {@link #MOST_LINES}
   */
  public Tail tail(UnitName unit, String invocationId, int lines) throws InterruptedException {
    List<String> command = command(unit, invocationId);
    command.add("--lines=" + Math.clamp(lines, 1, MOST_LINES));
    try {
      List<String> read =
          JournalProcess.read(
              with(command, "--quiet"), environment, Math.clamp(lines, 1, MOST_LINES));
      if (!read.isEmpty()) {
        return new Tail(read, Optional.empty());
      }
      // Whether that is so because there is no journal is said only when it is not told to be
      // quiet.
      return new Tail(List.of(), hint(JournalProcess.complaints(command, environment)));
    } catch (IOException notRun) {
      return new Tail(List.of(), Optional.of("the journal cannot be read: " + notRun.getMessage()));
    }
  }

  /**
   * The last lines of a unit and then every new one.
   *
   * @param lines how many of the past of this boot, 0 to {@link #MOST_LINES}
   * @throws IOException if {@code journalctl} cannot be run
   */
  public LineStream follow(UnitName unit, int lines) throws IOException, InterruptedException {
    List<String> command = command(unit, "");
    // journalctl 252 that is to go on from the end of nothing now and then never shows a line: seen
    // once in four times. From the beginning of nothing it always does.
    command.add(hasLines(unit) ? "--lines=" + Math.clamp(lines, 0, MOST_LINES) : "--no-tail");
    command.add("--follow");
    return new JournalProcess.Following(with(command, "--quiet"), environment);
  }

  private boolean hasLines(UnitName unit) throws IOException, InterruptedException {
    List<String> command = command(unit, "");
    command.addAll(List.of("--boot", "--lines=1"));
    return !JournalProcess.read(with(command, "--quiet"), environment, 1).isEmpty();
  }

  /** Lines as they come. For one reading thread; {@link #close()} may be called by any. */
  public interface LineStream extends AutoCloseable {
    /** The next line, for which it waits; empty when the stream has ended or was closed. */
    Optional<String> next();

    /** Ends it. */
    @Override
    void close();
  }

  private List<String> command(UnitName unit, String invocationId) {
    List<String> command = new ArrayList<>(List.of(program, "--output=cat", "--all", "--no-pager"));
    if (invocationId.isEmpty()) {
      command.add((scope == Scope.SYSTEM ? "--unit=" : "--user-unit=") + unit.value());
    } else {
      // What the unit's processes wrote, and what a systemd, either scope's, wrote about them.
      String id = "INVOCATION_ID=" + invocationId;
      command.addAll(List.of("_SYSTEMD_" + id, "+", id, "+", "USER_" + id));
    }
    return command;
  }

  private static List<String> with(List<String> command, String option) {
    List<String> longer = new ArrayList<>(command);
    longer.add(option);
    return longer;
  }

  private static Optional<String> hint(String complaints) {
    if (complaints.contains("No journal files were found")) {
      return Optional.of(
          "there is no journal here: systemd-journald does not run, or keeps nothing");
    }
    if (complaints.contains("insufficient permissions")
        || complaints.contains("not seeing messages")) {
      return Optional.of(
          "the journal may not be read: add this user to the group systemd-journal and log in"
              + " again");
    }
    return complaints.isEmpty() ? Optional.empty() : Optional.of("the journal says: " + complaints);
  }
}
