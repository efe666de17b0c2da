package hal0.slots.pull;

import hal0.slots.pull.Progress.Phase;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** One thing that is fetched, for all who want it. Safe for use by many threads. */
final class SharedPull implements FilePull.Listener {
  private static final Duration BETWEEN_NEWS = Duration.ofMillis(500);

  private final Want want;
  private final Clockwork clock;
  private final Halt halt = new Halt();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final List<Consumer<Progress>> listeners = new CopyOnWriteArrayList<>();
  private final Rate rate = new Rate();
  private Progress last;
  private Progress latest;
  private long told;
  private boolean due;

  SharedPull(Want want, Clockwork clock) {
    this.want = want;
    this.clock = clock;
    this.last = Progress.begun(want);
    this.latest = last;
    this.told = clock.nanos() - BETWEEN_NEWS.toNanos();
  }

  Want want() {
    return want;
  }

  Halt halt() {
    return halt;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  /** How far it is. */
  synchronized Progress last() {
    return last;
  }

  void join(Consumer<Progress> heard) {
    listeners.add(heard);
    heard.accept(last());
  }

  /** Whether nobody is left. */
  boolean leave(Consumer<Progress> heard) {
    listeners.remove(heard);
    return listeners.isEmpty();
  }

  @Override
  public void heard(Phase phase, long bytes, OptionalLong total, String note) {
    synchronized (this) {
      boolean same = phase == last.phase() && note.equals(last.note());
      latest = new Progress(want, phase, bytes, total, 0, note);
      Duration left = BETWEEN_NEWS.minusNanos(clock.nanos() - told);
      if (same && left.isPositive()) {
        if (!due) {
          due = true;
          clock.schedule(left, this::tell);
        }
        return;
      }
    }
    tell();
  }

  private void tell() {
    Progress news;
    synchronized (this) {
      due = false;
      told = clock.nanos();
      long speed = latest.phase() == Phase.FETCHING ? rate.at(latest.bytes(), told) : 0;
      news = latest.withRate(speed);
      last = news;
    }
    listeners.forEach(one -> one.accept(news));
  }
}
