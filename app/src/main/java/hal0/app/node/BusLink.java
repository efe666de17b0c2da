package hal0.app.node;

import hal0.slots.time.Clockwork;
import java.util.function.Consumer;

/**
 * How both ways of a bus are, taken together: told to the board on each change, and to the log once
 * for an outage. Safe for use by many threads.
 */
final class BusLink {
  private static final System.Logger LOG = System.getLogger(BusLink.class.getName());
  private static final String FINE = "";

  private final String where;
  private final Clockwork clock;
  private final Consumer<BusState> told;
  private String sending = "connecting";
  private String hearing = "connecting";
  private BusState state;
  private boolean complained;
  private boolean ended;
  private long brokeAt;
  private long heardSince;

  /**
   * @param told takes each change
   */
  BusLink(String where, Clockwork clock, Consumer<BusState> told) {
    this.where = where;
    this.clock = clock;
    this.told = told;
    this.state = before(where);
  }

  /** How it is before anything was tried. */
  static BusState before(String where) {
    return new BusState(true, false, where + ": connecting");
  }

  /**
   * A heartbeat was accepted.
   *
   * @return whether the way back must be opened anew: it was opened before this way broke, and may
   *     be dead without knowing
   */
  synchronized boolean sent() {
    boolean stale =
        !sending.isEmpty() && hearing.isEmpty() && brokeAt != 0 && heardSince - brokeAt < 0;
    sending = FINE;
    brokeAt = 0;
    tell();
    return stale;
  }

  /**
   * A heartbeat was not accepted.
   *
   * @param there whether the other side was there
   */
  synchronized void notSent(String why, boolean there) {
    if (!there && brokeAt == 0) {
      brokeAt = clock.nanos();
    }
    sending = why;
    tell();
  }

  synchronized void heard() {
    hearing = FINE;
    heardSince = clock.nanos();
    tell();
  }

  synchronized void notHeard(String why) {
    hearing = why;
    tell();
  }

  /** What happens from now on is no outage. */
  synchronized void end() {
    ended = true;
  }

  private void tell() {
    boolean fine = sending.isEmpty() && hearing.isEmpty();
    String what = fine ? where : where + ": " + (sending.isEmpty() ? hearing : sending);
    BusState now = new BusState(true, fine, what);
    if (now.equals(state) || ended) {
      return;
    }
    state = now;
    if (fine) {
      LOG.log(System.Logger.Level.INFO, "Zenoh: connected to {0}", where);
      complained = false;
    } else if (!complained && !what.endsWith("connecting")) {
      LOG.log(System.Logger.Level.WARNING, "Zenoh: {0}; trying again until it works", what);
      complained = true;
    }
    told.accept(now);
  }
}
