package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class JobLedgerTest {
  private final JobLedger ledger = new JobLedger(Runnable::run);

  @Test
  void tellsEveryFollower() {
    CompletableFuture<JobResult> one = ledger.follow(7);
    CompletableFuture<JobResult> other = ledger.follow(7);
    CompletableFuture<JobResult> another = ledger.follow(8);
    ledger.ended(7, JobResult.FAILED);
    assertThat(one).isCompletedWithValue(JobResult.FAILED);
    assertThat(other).isCompletedWithValue(JobResult.FAILED);
    assertThat(another).isNotDone();
  }

  @Test
  void knowsAnEndThatWasHeardBeforeTheReply() {
    ledger.ended(7, JobResult.DONE);
    for (int later = 100; later < 1000; later++) {
      ledger.ended(later, JobResult.CANCELED);
    }
    assertThat(ledger.follow(7)).isCompletedWithValue(JobResult.DONE);
  }

  @Test
  void knowsTheTypesOfItsOwnJobs() {
    UnitName chat = UnitName.ofSlot("chat");
    UnitName other = UnitName.ofSlot("other");
    ledger.asks(chat, "start");
    assertThat(ledger.own(chat, 7)).as("its number is not known yet").contains("start");
    assertThat(ledger.own(other, 7)).isEmpty();
    ledger.answered(chat, "start", OptionalInt.of(7));
    assertThat(ledger.own(chat, 7)).contains("start");
    assertThat(ledger.own(chat, 8)).as("somebody else's").isEmpty();
    ledger.asks(chat, "stop");
    ledger.answered(chat, "stop", OptionalInt.empty());
    assertThat(ledger.own(chat, 8)).as("it was refused").isEmpty();
  }

  @Test
  void failsWithTheConnection() {
    SystemdException why = new SystemdException.BusDown("gone", null);
    CompletableFuture<JobResult> before = ledger.follow(7);
    ledger.lost(why);
    assertThat(before.handle((result, thrown) -> thrown).join()).isSameAs(why);
    assertThat(ledger.follow(8).handle((result, thrown) -> thrown).join()).isSameAs(why);
  }
}
