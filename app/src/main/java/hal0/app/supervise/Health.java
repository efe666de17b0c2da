package hal0.app.supervise;

import hal0.slots.listener.Movement;
import hal0.slots.listener.PortTraffic;
import hal0.slots.probe.Probe;
import hal0.slots.probe.ProbeResult;
import hal0.slots.time.Clockwork;
import hal0.systemd.SdNotify;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Asks the server how it is, and tells systemd: a thread of its own, until the process ends. */
final class Health implements Runnable {
  private final Settings settings;
  private final String controlGroup;
  private final Probe probe;
  private final PortTraffic traffic;
  private final SdNotify systemd;
  private final Clockwork clock;
  private final Movement movement = new Movement();
  private final BlockingQueue<ProbeResult> answers = new ArrayBlockingQueue<>(1);
  private final Vitals vitals;
  private boolean asking;
  private boolean blind;

  /**
   * @param controlGroup the unit's, to tell whose the port is
   */
  Health(
      Settings settings,
      String controlGroup,
      Probe probe,
      PortTraffic traffic,
      SdNotify systemd,
      Clockwork clock) {
    this.settings = settings;
    this.controlGroup = controlGroup;
    this.probe = probe;
    this.traffic = traffic;
    this.systemd = systemd;
    this.clock = clock;
    this.vitals = new Vitals(settings, clock.nanos());
  }

  @Override
  public void run() {
    if (!settings.watchdog().isZero()) {
      // What is wrong with it shows now, and the first look that counts takes no time.
      look();
    }
    try {
      while (true) {
        round();
      }
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    if (!asking && vitals.wantsProbe(clock.nanos())) {
      asking = true;
      probe.probe(request()).whenComplete((result, failure) -> answers.add(result));
    }
    ProbeResult result = answers.poll(vitals.pause(), TimeUnit.NANOSECONDS);
    if (result != null) {
      asking = false;
      vitals.probed(result, clock.nanos());
    }
    if (vitals.wantsLook(clock.nanos())) {
      look();
    }
    vitals.due().forEach(this::tell);
    if (vitals.worries(clock.nanos())) {
      Supervisor.say(
          settings.spec().name()
              + ": no probe answered and no byte moved for "
              + settings.watchdog().toMillis() / 2
              + " ms; systemd restarts it after twice that");
    }
  }

  private Probe.Request request() {
    boolean loading = !vitals.isReady();
    return new Probe.Request(settings.spec(), loading, settings.model(), controlGroup, loading);
  }

  private void look() {
    try {
      List<PortTraffic.Moved> now = traffic.look(settings.spec().port());
      vitals.looked(movement.since(now), clock.nanos());
    } catch (IOException e) {
      vitals.blind(clock.nanos());
      if (!blind) {
        Supervisor.say(
            "the watchdog cannot see whether bytes move, and restarts nothing: " + e.getMessage());
      }
      blind = true;
    }
  }

  private void tell(Vitals.Told told) {
    switch (told) {
      case Vitals.Told.Ready _ -> systemd.ready();
      case Vitals.Told.Status status -> systemd.status(status.line());
      case Vitals.Told.Alive _ -> systemd.watchdog();
      case Vitals.Told.More(Duration time) -> systemd.extend(time);
    }
  }
}
