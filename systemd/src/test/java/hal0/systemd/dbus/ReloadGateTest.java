package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReloadGateTest {
  private final List<CompletableFuture<Void>> reloads = new ArrayList<>();
  private final ReloadGate gate =
      new ReloadGate(
          () -> {
            reloads.add(new CompletableFuture<>());
            return reloads.getLast();
          });

  @Test
  void answersManyWithOneReloadAfterTheOneUnderWay() {
    CompletableFuture<Void> first = gate.pass();
    CompletableFuture<Void> second = gate.pass();
    CompletableFuture<Void> third = gate.pass();
    assertThat(reloads).hasSize(1);
    reloads.getFirst().complete(null);
    assertThat(first).isCompleted();
    assertThat(second).as("the first may have begun to read before it was asked").isNotDone();
    assertThat(reloads).hasSize(2);
    reloads.getLast().complete(null);
    assertThat(second).isCompleted();
    assertThat(third).isCompleted();
    assertThat(gate.pass()).isNotDone();
    assertThat(reloads).hasSize(3);
  }

  @Test
  void aFailureIsToldToThoseItConcerns() {
    CompletableFuture<Void> first = gate.pass();
    CompletableFuture<Void> second = gate.pass();
    IllegalStateException why = new IllegalStateException("x");
    reloads.getFirst().completeExceptionally(why);
    assertThat(first.handle((done, thrown) -> thrown).join()).isSameAs(why);
    assertThat(second).isNotDone();
    reloads.getLast().complete(null);
    assertThat(second).isCompletedWithValue(null);
  }
}
