package hal0.slots.admission;

import hal0.slots.SlotException;
import hal0.slots.SlotView;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * One slot's door for requests. The slot's loop says whether it is open; whoever has a request asks
 * for a lease. Safe for use by many threads; its lock is this slot's alone and is never held while
 * somebody is told something.
 */
public final class Gate {
  /** Whether requests are let in. */
  public enum Mode {
    /** The slot serves. */
    OPEN,
    /** It does not serve yet, and requests may wait for it. */
    WAITING,
    /** It does not serve. */
    SHUT
  }

  /** What the gate tells the slot's loop. Must return at once. */
  public interface Listener {
    /** The first request was let in, or the last has ended. */
    void changed();

    /** The first request waits for a slot that is not up. */
    void wanted();
  }

  /** So many may wait for a slot that has no limit of its own. */
  private static final int MOST_WAITING = 1000;

  private final Clockwork clock;
  private final Listener listener;
  private final Supplier<SlotView> view;
  private final Supplier<Duration> untilReady;
  private final Pace pace = new Pace();

  private final Object lock = new Object();
  private final Set<Pass> inside = new HashSet<>();
  private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
  private Mode mode = Mode.SHUT;
  private SlotSpec.Admission limits;
  private int unanswered;
  private boolean called;
  private volatile int inFlight;
  private long insideSince;
  private volatile long lastMove;
  private volatile long lastUse;

  private record Waiter(CompletableFuture<Lease> place) {}

  /**
   * @param view the slot as it is known now
   * @param untilReady how long a load that is under way, or begins now, is likely to last yet
   */
  public Gate(
      Clockwork clock, Supplier<SlotView> view, Supplier<Duration> untilReady, Listener listener) {
    this.clock = clock;
    this.view = view;
    this.untilReady = untilReady;
    this.listener = listener;
    this.limits = SlotSpec.Admission.DEFAULT;
    this.lastMove = clock.nanos();
    this.lastUse = lastMove;
    this.insideSince = lastMove;
  }

  /**
   * Asks for a place: at once, after a wait as the slot's file allows, or never. Whoever does not
   * want it any more cancels the future; a lease that comes all the same is given back.
   *
   * @return the lease, or {@link SlotException.NotReady} or {@link SlotException.Saturated}
   */
  public CompletableFuture<Lease> enter() {
    CompletableFuture<Lease> place = new CompletableFuture<>();
    boolean call = false;
    boolean first = false;
    Pass pass = null;
    SlotException refusal = null;
    synchronized (lock) {
      if (mode == Mode.SHUT) {
        refusal = notReady();
      } else if (mode == Mode.OPEN && waiting.isEmpty() && hasRoom()) {
        first = inside.isEmpty();
        pass = let();
      } else if (waiting.size() >= mostWaiting()) {
        refusal = saturated();
      } else {
        waiting.addLast(new Waiter(place));
        call = mode == Mode.WAITING && !called;
        called |= call;
      }
    }
    if (pass != null) {
      place.complete(pass);
    } else if (refusal != null) {
      place.completeExceptionally(refusal);
    } else {
      await(place);
    }
    tell(first, call);
    return place;
  }

  private void tell(boolean changed, boolean call) {
    if (changed) {
      listener.changed();
    }
    if (call) {
      listener.wanted();
    }
  }

  private void await(CompletableFuture<Lease> place) {
    Clockwork.Timer timer = clock.schedule(limits.patience(), () -> tooLong(place));
    place.whenComplete(
        (lease, failure) -> {
          timer.cancel();
          if (place.isCancelled()) {
            synchronized (lock) {
              waiting.removeIf(one -> one.place().equals(place));
            }
          }
        });
  }

  private void tooLong(CompletableFuture<Lease> place) {
    SlotException refusal;
    synchronized (lock) {
      if (!waiting.removeIf(one -> one.place().equals(place))) {
        return;
      }
      refusal = mode == Mode.OPEN ? saturated() : notReady();
    }
    place.completeExceptionally(refusal);
  }

  private boolean hasRoom() {
    return limits.maxInFlight() == 0 || inside.size() < limits.maxInFlight();
  }

  /** Who waits for a load will be inside once it is done, so the places inside count too. */
  private int mostWaiting() {
    if (mode == Mode.OPEN) {
      return limits.maxInFlight() == 0 ? MOST_WAITING : limits.queue();
    }
    return limits.maxInFlight() == 0 ? MOST_WAITING : limits.maxInFlight() + limits.queue();
  }

  private Pass let() {
    Pass pass = new Pass(view.get(), clock.nanos());
    lastUse = clock.nanos();
    if (inside.isEmpty()) {
      insideSince = lastUse;
    }
    inside.add(pass);
    unanswered++;
    inFlight = inside.size();
    return pass;
  }

  private SlotException notReady() {
    return new SlotException.NotReady(view.get(), untilReady.get(), view.get().message());
  }

  private SlotException saturated() {
    SlotView now = view.get();
    return new SlotException.Saturated(
        now.name(), inside.size(), waiting.size(), pace.until(waiting.size() + 1, inside.size()));
  }

  /**
   * The slot's loop says how the slot stands. Who waited is let in, or refused.
   *
   * @param admission the limits that hold from now on
   */
  public void set(Mode next, SlotSpec.Admission admission) {
    List<Waiter> refused = List.of();
    SlotException why = null;
    synchronized (lock) {
      called &= next == Mode.WAITING && mode == Mode.WAITING;
      mode = next;
      limits = admission;
      if (next == Mode.SHUT && !waiting.isEmpty()) {
        refused = new ArrayList<>(waiting);
        waiting.clear();
        why = notReady();
      }
    }
    for (Waiter one : refused) {
      one.place().completeExceptionally(why);
    }
    fill();
  }

  /**
   * Whoever waits for a load is refused: it will not come.
   *
   * @param reason why not, for people
   */
  public void turnAway(String reason) {
    List<Waiter> refused;
    SlotException why;
    synchronized (lock) {
      refused = new ArrayList<>(waiting);
      waiting.clear();
      called = false;
      why = new SlotException.NotReady(view.get(), untilReady.get(), reason);
    }
    refused.forEach(one -> one.place().completeExceptionally(why));
  }

  private void fill() {
    boolean first = false;
    List<Runnable> told = new ArrayList<>();
    synchronized (lock) {
      while (mode == Mode.OPEN && !waiting.isEmpty() && hasRoom()) {
        Waiter next = waiting.pollFirst();
        if (next.place().isDone()) {
          continue;
        }
        first |= inside.isEmpty();
        Pass pass = let();
        told.add(
            () -> {
              if (!next.place().complete(pass)) {
                pass.close();
              }
            });
      }
    }
    if (first) {
      listener.changed();
    }
    told.forEach(Runnable::run);
  }

  /**
   * Lets nobody in from now on, until {@link #set} says otherwise, provided that nobody is inside
   * and nobody waits.
   *
   * @return whether it is shut
   */
  public boolean shutIfEmpty() {
    synchronized (lock) {
      if (inside.isEmpty() && waiting.isEmpty()) {
        mode = Mode.SHUT;
        return true;
      }
      return false;
    }
  }

  /** Ends every request that is inside, for this reason. Nobody is inside afterwards. */
  public void endAll(String why) {
    List<Pass> ended;
    synchronized (lock) {
      ended = new ArrayList<>(inside);
      inside.clear();
      unanswered = 0;
      inFlight = 0;
    }
    ended.forEach(pass -> pass.ended.complete(why));
  }

  /** How many requests are inside. */
  public int inFlight() {
    return inFlight;
  }

  /** When a byte last moved, in {@code Clockwork.nanos()}. */
  public long lastMove() {
    return lastMove;
  }

  /** When a byte last moved, or a request last came or ended, in {@code Clockwork.nanos()}. */
  public long lastUse() {
    return later(lastMove, lastUse);
  }

  private static long later(long one, long other) {
    return one - other > 0 ? one : other;
  }

  /**
   * Until when failed probes are no evidence, since the requests inside may be why: {@code
   * first_byte} while an answer is awaited, {@code stall} once all have begun. Only meaningful
   * while something is in flight.
   */
  public long patientUntil() {
    synchronized (lock) {
      Duration limit = unanswered > 0 ? limits.firstByte() : limits.stall();
      return later(lastMove, insideSince) + limit.toNanos();
    }
  }

  private void left(Pass pass) {
    boolean last;
    synchronized (lock) {
      if (!inside.remove(pass)) {
        return;
      }
      unanswered -= pass.begun ? 0 : 1;
      lastUse = clock.nanos();
      inFlight = inside.size();
      last = inside.isEmpty();
      pace.took(clock.nanos() - pass.since);
    }
    fill();
    if (last) {
      listener.changed();
    }
  }

  private final class Pass implements Lease {
    private final SlotView slot;
    private final long since;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private boolean begun;

    private Pass(SlotView slot, long since) {
      this.slot = slot;
      this.since = since;
    }

    @Override
    public SlotView slot() {
      return slot;
    }

    @Override
    public void moved() {
      lastMove = clock.nanos();
    }

    @Override
    public void begun() {
      synchronized (lock) {
        if (!begun && inside.contains(this)) {
          begun = true;
          unanswered--;
        }
      }
      moved();
    }

    @Override
    public CompletableFuture<String> ended() {
      return ended;
    }

    @Override
    public void close() {
      left(this);
    }
  }
}
