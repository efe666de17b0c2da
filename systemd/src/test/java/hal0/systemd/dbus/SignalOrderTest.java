package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SignalOrderTest {
  private static final UnitName CHAT = UnitName.ofSlot("chat");
  private static final UnitName OTHER = UnitName.ofSlot("other");

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private final Voice voice = new Voice();
  private final JobLedger ledger = new JobLedger(Runnable::run);
  private final SignalOrder order = new SignalOrder(voice, ledger::own, Runnable::run);
  private final CompletableFuture<String> type = new CompletableFuture<>();

  SignalOrderTest() {
    voice.listener(
        new UnitWatch.Listener() {
          @Override
          public void changed(UnitName unit) {
            told.add("changed " + unit.slot().orElseThrow());
          }

          @Override
          public void jobQueued(UnitName unit, int id, String word) {
            told.add("queued " + id + " " + word);
          }

          @Override
          public void jobEnded(UnitName unit, int id, JobResult result) {
            told.add("ended " + id + " " + result.word());
          }

          @Override
          public void connected() {
            told.add("connected");
          }

          @Override
          public void disconnected(String why) {
            told.add("disconnected " + why);
          }
        });
  }

  @Test
  void tellsAtOnceWhatNothingHoldsUp() {
    order.changed(CHAT);
    order.ended(CHAT, 3, JobResult.DONE);
    assertThat(told).containsExactly("changed chat", "ended 3 done");
  }

  @Test
  void holdsAUnitsSignalsUntilTheJobsTypeIsKnown() {
    order.queued(CHAT, 3, type);
    order.changed(CHAT);
    order.changed(CHAT);
    order.ended(CHAT, 3, JobResult.DONE);
    order.changed(OTHER);
    assertThat(told).as("another unit does not wait").containsExactly("changed other");
    type.complete("stop");
    order.changed(CHAT);
    assertThat(told)
        .containsExactly(
            "changed other", "queued 3 stop", "changed chat", "ended 3 done", "changed chat");
  }

  @Test
  void takesAQuickJobThatLeftTheUnitDownForAStop() {
    order.announced(CHAT, ActiveState.ACTIVE);
    order.queued(CHAT, 3, type);
    type.completeExceptionally(new IllegalStateException("no such job"));
    order.announced(CHAT, ActiveState.INACTIVE);
    order.changed(CHAT);
    assertThat(told).isEmpty();
    order.ended(CHAT, 3, JobResult.DONE);
    assertThat(told).containsExactly("queued 3 stop", "changed chat", "ended 3 done");
  }

  @Test
  void takesItForAStopAlsoWhenItsEndWasHeardFirst() {
    order.queued(CHAT, 3, type);
    order.announced(CHAT, ActiveState.FAILED);
    order.ended(CHAT, 3, JobResult.DONE);
    assertThat(told).as("its type may still be read").isEmpty();
    type.completeExceptionally(new IllegalStateException("no such job"));
    assertThat(told).containsExactly("queued 3 stop", "ended 3 done");
  }

  @Test
  void aStartOfOursIsNeverTakenForAStop() {
    ledger.asks(CHAT, "start");
    order.queued(CHAT, 3, type);
    ledger.answered(CHAT, "start", OptionalInt.of(3));
    order.announced(CHAT, ActiveState.INACTIVE);
    order.ended(CHAT, 3, JobResult.DONE);
    type.completeExceptionally(new IllegalStateException("no such job"));
    assertThat(told).containsExactly("queued 3 start", "ended 3 done");
  }

  @Test
  void believesWhatWasReadMoreThanItsGuess() {
    order.queued(CHAT, 3, type);
    order.announced(CHAT, ActiveState.INACTIVE);
    order.ended(CHAT, 3, JobResult.DONE);
    type.complete("start");
    assertThat(told).containsExactly("queued 3 start", "ended 3 done");
  }

  @Test
  void doesNotGuessWhereItCannotTell() {
    type.completeExceptionally(new IllegalStateException("no such job"));
    order.announced(CHAT, ActiveState.ACTIVE);
    order.queued(CHAT, 3, type);
    order.ended(CHAT, 3, JobResult.DONE);
    order.announced(CHAT, ActiveState.INACTIVE);
    order.queued(CHAT, 4, type);
    order.ended(CHAT, 4, JobResult.CANCELED);
    order.unloaded(CHAT);
    order.queued(CHAT, 5, type);
    order.ended(CHAT, 5, JobResult.DONE);
    assertThat(told)
        .containsExactly(
            "queued 3 ",
            "ended 3 done",
            "queued 4 ",
            "ended 4 canceled",
            "queued 5 ",
            "ended 5 done");
  }

  @Test
  void keepsTheOrderOfSeveralJobs() {
    CompletableFuture<String> second = new CompletableFuture<>();
    order.queued(CHAT, 3, type);
    order.ended(CHAT, 3, JobResult.CANCELED);
    order.queued(CHAT, 4, second);
    second.complete("stop");
    assertThat(told).isEmpty();
    type.complete("start");
    assertThat(told).containsExactly("queued 3 start", "ended 3 canceled", "queued 4 stop");
  }

  @Test
  void doesNotWaitForEver() throws InterruptedException {
    order.queued(CHAT, 3, type);
    order.changed(CHAT);
    assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("queued 3 ");
    assertThat(told.poll(60, TimeUnit.SECONDS)).isEqualTo("changed chat");
  }

  @Test
  void isSilentOnceClosed() {
    order.queued(CHAT, 3, type);
    order.changed(CHAT);
    order.close();
    type.complete("stop");
    order.changed(CHAT);
    order.queued(CHAT, 4, type);
    assertThat(told).isEmpty();
  }

  @Test
  void greetsTheListenerOnceForEachConnection() {
    voice.greet();
    assertThat(told).isEmpty();
    voice.connected();
    voice.greet();
    voice.disconnected("x");
    voice.disconnected("y");
    voice.connected();
    assertThat(List.copyOf(told)).containsExactly("connected", "disconnected x", "connected");
  }
}
