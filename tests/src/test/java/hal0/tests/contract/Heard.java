package hal0.tests.contract;

import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Notes everything that a watch tells, in order. */
final class Heard implements UnitWatch.Listener {
  /**
   * One call of the listener.
   *
   * @param event {@code changed}, {@code queued}, {@code ended}, {@code connected} or {@code
   *     disconnected}
   * @param word the job's type, its result, or why
   */
  record Event(String event, UnitName unit, int job, String word) {}

  private final List<Event> events = new CopyOnWriteArrayList<>();

  @Override
  public void changed(UnitName unit) {
    events.add(new Event("changed", unit, 0, ""));
  }

  @Override
  public void jobQueued(UnitName unit, int id, String type) {
    events.add(new Event("queued", unit, id, type));
  }

  @Override
  public void jobEnded(UnitName unit, int id, JobResult result) {
    events.add(new Event("ended", unit, id, result.word()));
  }

  @Override
  public void connected() {
    events.add(new Event("connected", null, 0, ""));
  }

  @Override
  public void disconnected(String why) {
    events.add(new Event("disconnected", null, 0, why));
  }

  /** Everything so far. */
  List<Event> all() {
    return List.copyOf(events);
  }

  /** How many of that kind there were so far. */
  long count(String event) {
    return events.stream().filter(heard -> heard.event().equals(event)).count();
  }

  /** What was heard of one unit. */
  List<Event> of(UnitName unit) {
    return events.stream().filter(heard -> unit.equals(heard.unit())).toList();
  }

  /** The types, or results, of a unit's jobs in the order they were told. */
  List<String> words(String event, UnitName unit) {
    return about(event, unit).map(Event::word).toList();
  }

  /** The events of that kind about one unit. */
  Stream<Event> about(String event, UnitName unit) {
    return of(unit).stream().filter(heard -> heard.event().equals(event));
  }

  /** Forgets what was heard so far. */
  void clear() {
    events.clear();
  }
}
