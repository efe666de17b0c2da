package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.record.SlotRecord;
import hal0.slots.record.SlotStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What every {@link SlotStore} does. */
public abstract class SlotStoreContract {
  /** An empty store, another for each test. */
  protected abstract SlotStore store() throws Exception;

  /** The same store as a new process would find it; by default the store itself. */
  protected SlotStore reopened(SlotStore store) throws Exception {
    return store;
  }

  private static SlotRecord record(String name, SlotState state, String message) {
    Instant at = Instant.parse("2031-02-03T04:05:06.789012345Z");
    return new SlotRecord(name, state, "qwen3-4b", 8101, at, message, Reason.LOADED, Map.of());
  }

  @Test
  void hasNothingAtFirst() throws Exception {
    SlotStore store = store();
    assertThat(store.names()).isEmpty();
    assertThat(store.load("chat")).isEmpty();
    store.delete("chat");
    assertThat(store.names()).isEmpty();
  }

  @Test
  void givesBackWhatWasSaved() throws Exception {
    SlotStore store = store();
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("z", null);
    inner.put("a", new ArrayList<>(Arrays.asList(1, "two", null, true)));
    Map<String, Object> extra = new LinkedHashMap<>();
    extra.put("zebra", "before apple");
    extra.put("apple", null);
    extra.put("big", Long.MAX_VALUE);
    extra.put("inner", inner);
    SlotRecord saved =
        new SlotRecord(
            "chat",
            SlotState.ERROR,
            "",
            0,
            Instant.parse("1969-12-31T23:59:59.999999999Z"),
            "quote \" backslash \\ newline \n nul \u0000 snowman ☃ clef 𝄞",
            Reason.HEALTH_FAILED,
            extra);
    store.save(saved);
    assertThat(reopened(store).load("chat")).contains(saved);
  }

  @Test
  void keepsEveryStateAndReason() throws Exception {
    SlotStore store = store();
    List<SlotRecord> saved = new ArrayList<>();
    for (SlotState state : SlotState.values()) {
      saved.add(record("s" + state.ordinal(), state, "state"));
    }
    for (Reason reason : Reason.values()) {
      saved.add(
          new SlotRecord(
              "r" + reason.ordinal(),
              SlotState.IDLE,
              "m",
              65535,
              Instant.EPOCH,
              "reason",
              reason,
              Map.of()));
    }
    for (SlotRecord record : saved) {
      store.save(record);
    }
    SlotStore again = reopened(store);
    for (SlotRecord record : saved) {
      assertThat(again.load(record.name())).contains(record);
    }
  }

  @Test
  void keepsTheLastOfSeveralAndSlotsApart() throws Exception {
    SlotStore store = store();
    store.save(record("chat", SlotState.STARTING, "first"));
    store.save(record("chat-2", SlotState.OFFLINE, "other"));
    store.save(record("chat", SlotState.WARMING, "second"));
    SlotStore again = reopened(store);
    assertThat(again.load("chat")).map(SlotRecord::message).contains("second");
    assertThat(again.load("chat-2")).map(SlotRecord::message).contains("other");
    assertThat(again.names()).containsExactlyInAnyOrder("chat", "chat-2");
  }

  @Test
  void forgetsWhatWasDeleted() throws Exception {
    SlotStore store = store();
    store.save(record("chat", SlotState.READY, "gone soon"));
    store.save(record("voice", SlotState.READY, "stays"));
    store.delete("chat");
    SlotStore again = reopened(store);
    assertThat(again.load("chat")).isEmpty();
    assertThat(again.names()).containsExactly("voice");
  }

  @Test
  void refusesNamesThatNoSlotHas() throws Exception {
    SlotStore store = store();
    for (String name : List.of("", "../chat", "a/b", "Chat", ".", "a".repeat(33))) {
      assertThatIllegalArgumentException().isThrownBy(() -> store.load(name));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.save(record(name, SlotState.READY, "no")));
      assertThatIllegalArgumentException().isThrownBy(() -> store.delete(name));
    }
  }
}
