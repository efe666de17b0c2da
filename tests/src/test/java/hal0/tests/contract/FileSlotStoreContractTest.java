package hal0.tests.contract;

import hal0.slots.record.FileSlotStore;
import hal0.slots.record.SlotStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileSlotStoreContractTest extends SlotStoreContract {
  @TempDir Path state;

  @Override
  protected SlotStore store() {
    return new FileSlotStore(state);
  }

  @Override
  protected SlotStore reopened(SlotStore store) {
    return new FileSlotStore(state);
  }
}
