package hal0.tests.sim;

import hal0.slots.event.SlotEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Everything that happened in a world, a line each. */
final class Trace {
  private record Line(long nanos, String what) {}

  private final SimClockwork clock;
  private final List<Line> lines = new ArrayList<>();

  Trace(SimClockwork clock) {
    this.clock = clock;
  }

  void note(SlotEvent event) {
    note(
        event.slot()
            + ": "
            + event.from().word()
            + " -> "
            + event.to().word()
            + " ("
            + event.reason().word()
            + ") "
            + event.message());
  }

  void note(String what) {
    lines.add(new Line(clock.nanos(), what));
  }

  /** The lines, with the seconds since the beginning. */
  List<String> lines() {
    return lines.stream()
        .map(line -> String.format(Locale.ROOT, "%12.6f  %s", line.nanos() / 1e9, line.what()))
        .toList();
  }
}
