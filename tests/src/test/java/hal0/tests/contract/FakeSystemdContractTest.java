package hal0.tests.contract;

import java.util.concurrent.atomic.AtomicLong;

/** The contract on the simulated systemd. */
class FakeSystemdContractTest extends UnitControlContract {
  private static final AtomicLong SEEDS = new AtomicLong();

  @Override
  UnitWorld open() {
    return new SimulatedUnits(SEEDS.incrementAndGet());
  }
}
