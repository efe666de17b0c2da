package hal0.tests.sim;

import hal0.slots.SlotView;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Never routable with a dead unit: not once the daemon was told, and not long after the signal of
 * it.
 */
final class DeadUnitRule implements Rule {
  private static final Duration AFTER_ANSWER = Duration.ofMillis(50);
  private static final Duration AFTER_SIGNAL = Duration.ofSeconds(1);
  private static final Duration CALLS_MAY_TAKE = Duration.ofSeconds(15);

  private final SlotWorld world;
  private final Map<UnitName, Integer> heard = new HashMap<>();

  DeadUnitRule(SlotWorld world) {
    this.world = world;
  }

  static boolean isDead(UnitStatus status) {
    return status.isDown() || status.isAutoRestarting();
  }

  @Override
  public void statusTold(UnitName unit, UnitStatus status) {
    if (isDead(status)) {
      long told = world.clock().nanos();
      world
          .life()
          .schedule(
              AFTER_ANSWER,
              () -> {
                FakeConnection.Told last = world.connection().told().get(unit);
                if (last.at() == told) {
                  refuseRoutable(
                      unit, "the daemon was told that the unit is " + status.activeState().word());
                }
              });
    }
  }

  @Override
  public void changeHeard(UnitName unit) {
    UnitStatus then = world.systemd().status(unit);
    int number = heard.merge(unit, 1, Integer::sum);
    if (isDead(then)) {
      world
          .life()
          .schedule(
              AFTER_SIGNAL,
              () -> {
                // It may have run in between, and what came of that may not be heard yet.
                boolean same =
                    number == heard.get(unit) && world.systemd().status(unit).equals(then);
                if (same && !world.systemd().bus().wasTroubled(CALLS_MAY_TAKE)) {
                  refuseRoutable(
                      unit, "a second ago a signal came: the unit is " + then.activeState().word());
                }
              });
    }
  }

  private void refuseRoutable(UnitName unit, String why) {
    if (world.isEnding()) {
      return;
    }
    // A stale view says itself that it is not known.
    Optional<SlotView> view =
        world.view(unit.slot().orElseThrow()).filter(one -> one.routable() && !one.stale());
    if (view.isPresent()) {
      throw new Violation("routable", why + ", and yet it is shown as " + view.get());
    }
  }
}
