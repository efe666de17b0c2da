package hal0.tests.contract;

import hal0.slots.record.SlotStore;
import hal0.tests.sim.Life;
import hal0.tests.sim.MemoryStore;
import hal0.tests.sim.SimClockwork;

class MemoryStoreContractTest extends SlotStoreContract {
  private MemoryStore disk;

  @Override
  protected SlotStore store() {
    disk = new MemoryStore(new SimClockwork(1), 1);
    return disk.open(new Life(new SimClockwork(1), 1));
  }

  @Override
  protected SlotStore reopened(SlotStore store) {
    return disk.open(new Life(new SimClockwork(1), 2));
  }
}
