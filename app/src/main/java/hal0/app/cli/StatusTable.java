package hal0.app.cli;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The table of slots, fitted into the terminal's width. Pure. */
final class StatusTable {
  private static final String[] TITLES = {"NAME", "STATE", "MODEL", "PORT", "SINCE", "MESSAGE"};

  /**
   * What goes first where room is short, and how narrow a column may get before it goes altogether.
   */
  private static final int[][] SQUEEZE = {
    {5, 10}, {2, 6}, {5, 0}, {4, 0}, {3, 0}, {2, 0}, {0, 1}, {1, 1}
  };

  private static final int STATE = 1;
  private static final int MESSAGE = 5;
  private static final String GAP = "  ";

  private final Terminal terminal;

  StatusTable(Terminal terminal) {
    this.terminal = terminal;
  }

  /** The table's lines, none wider than {@code columns}: the title first, slots by name. */
  List<String> lines(List<SlotRow> rows, Instant now, int columns) {
    var sorted = new ArrayList<SlotRow>(rows);
    sorted.sort((a, b) -> a.name().compareTo(b.name()));
    var cells = new ArrayList<String[]>();
    cells.add(TITLES);
    for (SlotRow row : sorted) {
      cells.add(cells(row, now));
    }
    int[] widths = widths(cells, columns);
    var lines = new ArrayList<String>();
    lines.add(terminal.paint("1", line(TITLES, widths, "")));
    for (int i = 0; i < sorted.size(); i++) {
      lines.add(line(cells.get(i + 1), widths, StateLook.of(sorted.get(i).state()).sgr()));
    }
    return lines;
  }

  private String[] cells(SlotRow row, Instant now) {
    return new String[] {
      row.name(),
      StateLook.plain(terminal, row.state()),
      row.model().isEmpty() ? "-" : row.model(),
      row.port() == 0 ? "-" : Integer.toString(row.port()),
      row.age(now),
      row.message()
    };
  }

  private static int[] widths(List<String[]> cells, int room) {
    int[] widths = new int[TITLES.length];
    for (String[] row : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], TextWidth.of(row[i]));
      }
    }
    for (int[] step : SQUEEZE) {
      int over = total(widths) - room;
      if (over > 0) {
        widths[step[0]] =
            step[1] == 0 ? 0 : Math.max(Math.min(step[1], widths[step[0]]), widths[step[0]] - over);
      }
    }
    return widths;
  }

  private static int total(int[] widths) {
    int sum = -GAP.length();
    for (int width : widths) {
      sum += width == 0 ? 0 : width + GAP.length();
    }
    return sum;
  }

  /** One line; a column of width 0 is left out. The state is painted after it was measured. */
  private String line(String[] cells, int[] widths, String sgr) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      if (widths[i] == 0) {
        continue;
      }
      String cell = TextWidth.cut(cells[i], widths[i], terminal.ellipsis());
      line.append(line.isEmpty() ? "" : GAP);
      line.append(i == STATE ? terminal.paint(sgr, cell) : cell);
      if (i < MESSAGE) {
        line.append(" ".repeat(widths[i] - TextWidth.of(cell)));
      }
    }
    return line.toString().stripTrailing();
  }
}
