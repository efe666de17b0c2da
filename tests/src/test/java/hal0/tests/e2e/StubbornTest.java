package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process that has to be killed; waits for systemd's patience to end. */
@Tag("full")
final class StubbornTest extends E2e {
  @Test
  void aServerThatIgnoresTermIsGoneWhenTheUnloadIsOver() {
    SlotText slot = SlotText.llama();
    hal0.writeSlot("stubborn", slot);
    int pid = mainPid(hal0.verb("stubborn", "load"));
    slot.upstream().tell("ignore-term");
    assertThat(state(hal0.verb("stubborn", "unload"))).isEqualTo("offline");
    assertThat(systemd.property(Hal0.unit("stubborn"), "MainPID")).isEqualTo("0");
    Await.until("it is reaped", Await.LONG, () -> ProcessHandle.of(pid).isEmpty());
  }
}
