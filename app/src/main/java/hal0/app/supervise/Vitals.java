package hal0.app.supervise;

import hal0.slots.probe.ProbeResult;
import hal0.slots.probe.Verdict;
import hal0.slots.spec.SlotSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What follows from a server's answers and bytes for systemd. Pure but for what it remembers; times
 * are those of one clock, in nanoseconds. For one thread.
 */
final class Vitals {
  /** What systemd is told. */
  sealed interface Told {
    /** It serves. */
    record Ready() implements Told {}

    /** A line for people. */
    record Status(String line) implements Told {}

    /** It lives. */
    record Alive() implements Told {}

    /** It still loads: the start may take so long from now on. */
    record More(Duration time) implements Told {}
  }

  /** Systemd waits so much longer for a load that goes on; it is told at each probe. */
  static final Duration MORE = Duration.ofSeconds(60);

  private static final long QUICK = Duration.ofMillis(100).toNanos();
  private static final long PATIENT = Duration.ofMillis(500).toNanos();
  private static final int MANY = 100;

  /** So often at the least in the watchdog's time it is looked for a sign of life. */
  private static final int LOOKS = 8;

  private final SlotSpec spec;
  private final String model;
  private final long watchdog;
  private boolean ready;
  private boolean warned;
  private long lastSign;
  private long noModelSince;
  private boolean noModel;
  private long nextProbe;
  private long nextLook;
  private int probes;
  private String said = "";
  private List<Told> due = new ArrayList<>();

  Vitals(Settings settings, long now) {
    this.spec = settings.spec();
    this.model = settings.model();
    this.watchdog = settings.watchdog().toNanos();
    this.lastSign = now;
    this.nextProbe = now;
    this.nextLook = now;
  }

  boolean isReady() {
    return ready;
  }

  boolean wantsProbe(long now) {
    return now - nextProbe >= 0;
  }

  /** Whether the connections' counters are to be looked at: only while nothing else is heard. */
  boolean wantsLook(long now) {
    boolean quiet = watchdog > 0 && now - lastSign >= pause();
    return quiet && now - nextLook >= 0;
  }

  /** How long nothing need be done, in nanoseconds, if no probe is under way. */
  long pause() {
    long probing = ready ? interval() : probes > MANY ? PATIENT : QUICK;
    return watchdog > 0 ? Math.min(probing, watchdog / LOOKS) : probing;
  }

  private long interval() {
    long interval = spec.probe().interval().toNanos();
    return watchdog > 0 ? Math.min(interval, watchdog / LOOKS) : interval;
  }

  /** Takes a probe's result. */
  void probed(ProbeResult result, long now) {
    probes++;
    nextProbe = now + pause();
    // Inconclusive, or somebody else's port: that says nothing of the server.
    if (result.verdict() != Verdict.UNREACHABLE) {
      sign(now);
    }
    if (result.verdict() == Verdict.NO_MODEL && !noModel) {
      noModelSince = now;
    }
    if (result.verdict() != Verdict.INCONCLUSIVE) {
      noModel = result.verdict() == Verdict.NO_MODEL;
      state(result, now);
    }
    if (!ready && (watchdog == 0 || now - lastSign < watchdog)) {
      due.add(new Told.More(MORE));
    }
  }

  private void state(ProbeResult result, long now) {
    if (serves(result)) {
      String name = !model.isEmpty() || result.models().isEmpty() ? model : result.models().get(0);
      say(name.isEmpty() ? "serving" : "serving " + name);
    } else if (isSettledWithoutModel(now)) {
      say("runs without a model, as it was asked to");
    } else {
      say(ready ? result.detail() : "loading: " + result.detail());
      return;
    }
    if (!ready) {
      ready = true;
      due.add(new Told.Ready());
    }
  }

  private boolean serves(ProbeResult result) {
    boolean known = !model.isEmpty() || !result.models().isEmpty();
    return result.verdict() == Verdict.SERVING && (known || !spec.provider().needsModel());
  }

  /**
   * A server of models that was started with none, and has none. Of those that know no model ids it
   * means a load that is not over, or has failed.
   */
  private boolean isSettledWithoutModel(long now) {
    return noModel
        && model.isEmpty()
        && spec.provider().needsModel()
        && now - noModelSince >= spec.probe().stabilise().toNanos();
  }

  /** Takes a look at the connections' counters. */
  void looked(boolean moved, long now) {
    nextLook = now + pause();
    if (moved) {
      sign(now);
    }
  }

  /** The counters cannot be had: silence is no evidence then. */
  void blind(long now) {
    looked(true, now);
  }

  private void sign(long now) {
    lastSign = now;
    warned = false;
    if (ready) {
      // Before that it would set the watchdog going on a load, which has a limit of its own.
      due.add(new Told.Alive());
    }
  }

  /**
   * Whether it has just become likely that systemd will restart it: half of the time is over.
   *
   * @return once for each silence
   */
  boolean worries(long now) {
    boolean half = ready && watchdog > 0 && now - lastSign >= watchdog / 2 && !warned;
    warned |= half;
    return half;
  }

  private void say(String line) {
    if (!line.equals(said)) {
      said = line;
      due.add(new Told.Status(line));
    }
  }

  /** What is to be told since it was last asked, in that order. */
  List<Told> due() {
    List<Told> told = due;
    due = new ArrayList<>();
    return told;
  }
}
