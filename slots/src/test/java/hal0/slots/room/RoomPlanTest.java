package hal0.slots.room;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoomPlanTest {
  private static final long GIB = 1L << 30;
  private static final Tenant WANTS = tenant("new", SlotState.OFFLINE, 4, 0, 0, 0, false);

  private static Tenant tenant(
      String name,
      SlotState state,
      int memory,
      int vram,
      long lastUse,
      int inFlight,
      boolean pinned) {
    String text =
        "provider = \"generic\"\nport = 8101\npinned = "
            + pinned
            + "\n[run]\ncommand = [\"/bin/true\"]\n[needs]\nmemory = \""
            + memory
            + "G\"\n"
            + (vram == 0 ? "" : "vram = \"" + vram + "G\"\n");
    SlotSpec spec = SpecFile.parse(name, text).spec().orElseThrow();
    UnitName unit = UnitName.ofSlot(name);
    UnitStatus up =
        new UnitStatus(
            unit,
            "loaded",
            ActiveState.ACTIVE,
            "running",
            7,
            0,
            "success",
            "1".repeat(32),
            Optional.empty(),
            "",
            Optional.empty(),
            Duration.ZERO,
            "",
            false);
    SlotView view =
        new SlotView(
            name,
            state,
            Reason.LOADED,
            "",
            "m",
            Optional.of(spec),
            8101,
            List.of(),
            state.isLive(),
            inFlight,
            Instant.EPOCH,
            Optional.of(state == SlotState.OFFLINE ? UnitStatus.absent(unit) : up),
            Optional.empty(),
            false,
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty());
    return new Tenant(view, lastUse);
  }

  private static Tenant ready(String name, int memory, long lastUse) {
    return tenant(name, SlotState.READY, memory, 0, lastUse, 0, false);
  }

  private static RoomPlan plan(int memory, Set<String> leased, Tenant... others) {
    List<Tenant> all = new ArrayList<>(List.of(others));
    all.add(WANTS);
    return RoomPlan.of(new Budget(memory * GIB, Long.MAX_VALUE), WANTS, all, leased);
  }

  @Test
  void whatFitsUnloadsNothing() {
    RoomPlan plan = plan(10, Set.of(), ready("a", 6, 1));
    assertThat(plan.fits()).isTrue();
    assertThat(plan.unload()).isEmpty();
    assertThat(plan.used().memory()).isEqualTo(6 * GIB);
  }

  @Test
  void theLeastRecentlyUsedGoes() {
    RoomPlan plan = plan(12, Set.of(), ready("a", 4, 3), ready("b", 4, 1), ready("c", 4, 2));
    assertThat(plan.unload()).containsExactly("b");
  }

  @Test
  void oneLargeOneGoesBeforeTwoSmallOnes() {
    RoomPlan plan = plan(8, Set.of(), ready("a", 2, 1), ready("b", 2, 2), ready("c", 4, 9));
    assertThat(plan.unload()).containsExactly("c");
  }

  @Test
  void ofPairsTheOneUsedLongestAgoGoes() {
    RoomPlan plan = plan(6, Set.of(), ready("a", 2, 3), ready("b", 2, 1), ready("c", 2, 2));
    assertThat(plan.unload()).containsExactlyInAnyOrder("b", "c");
  }

  @Test
  void whoIsPinnedLoadingOrInUseStays() {
    RoomPlan plan =
        plan(
            16,
            Set.of("promised"),
            tenant("pinned", SlotState.READY, 4, 0, 1, 0, true),
            tenant("busy", SlotState.SERVING, 4, 0, 1, 2, false),
            tenant("loads", SlotState.WARMING, 4, 0, 1, 0, false),
            tenant("promised", SlotState.OFFLINE, 4, 0, 1, 0, false));
    assertThat(plan.fits()).isFalse();
    assertThat(plan.unload()).isEmpty();
    assertThat(plan.kept())
        .extracting(one -> one.slot() + " " + one.why())
        .containsExactlyInAnyOrder(
            "pinned pinned", "busy in use", "loads loading", "promised loading");
  }

  @Test
  void whatIsNotLoadedHoldsNothing() {
    RoomPlan plan = plan(4, Set.of(), tenant("off", SlotState.OFFLINE, 4, 0, 1, 0, false));
    assertThat(plan.fits()).isTrue();
    assertThat(plan.used().memory()).isZero();
  }

  @Test
  void whoNeedsMoreThanThereIsIsRefusedWithoutUnloadingAnybody() {
    RoomPlan plan = plan(3, Set.of(), ready("a", 3, 1));
    assertThat(plan.fits()).isFalse();
    assertThat(plan.unload()).isEmpty();
  }

  @Test
  void bothKindsOfMemoryMustFit() {
    Tenant wants = tenant("new", SlotState.OFFLINE, 1, 4, 0, 0, false);
    List<Tenant> all =
        List.of(
            wants,
            tenant("ram", SlotState.IDLE, 8, 0, 1, 0, false),
            tenant("gpu", SlotState.IDLE, 1, 6, 2, 0, false));
    RoomPlan plan = RoomPlan.of(new Budget(64 * GIB, 8 * GIB), wants, all, Set.of());
    assertThat(plan.unload()).containsExactly("gpu");
  }

  @Test
  void manySmallOnesAreChosenInBoundedTime() {
    List<Tenant> all = new ArrayList<>();
    Tenant wants = tenant("new", SlotState.OFFLINE, 100, 0, 0, 0, false);
    all.add(wants);
    for (int i = 0; i < 200; i++) {
      all.add(ready("s" + i, 1, i));
    }
    RoomPlan plan = RoomPlan.of(new Budget(200 * GIB, Long.MAX_VALUE), wants, all, Set.of());
    assertThat(plan.fits()).isTrue();
    assertThat(plan.unload()).hasSize(100);
  }
}
