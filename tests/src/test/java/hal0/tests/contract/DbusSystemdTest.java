package hal0.tests.contract;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.JobResult;
import hal0.systemd.UnitStatus;
import hal0.tests.bed.PrivateSystemd;
import hal0.tests.bed.RealSystemd;
import hal0.tests.contract.UnitWorld.Behaviour;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract on a real systemd, and what only a real one can show. */
@RealSystemd
class DbusSystemdTest extends UnitControlContract {
  private static final int ROUNDS = 20;
  private static PrivateSystemd systemd;

  @BeforeAll
  static void startSystemd() {
    systemd = PrivateSystemd.start();
  }

  @AfterAll
  static void stopSystemd() {
    systemd.close();
  }

  @Override
  UnitWorld open() {
    return new RealUnits(systemd);
  }

  /** A process that ends at once leaves no time to read the job's type. */
  @Test
  void knowsEveryStopForOne() {
    define(Behaviour.RUNS);
    for (int round = 0; round < ROUNDS; round++) {
      start();
      systemd.systemctl("stop", unit.value()).orThrow();
      long ends = 2L * (round + 1);
      world.await(
          "the stop's end", () -> heard.about("ended", unit).count(), count -> count == ends);
      assertThat(heard.words("queued", unit)).as("round " + round).last().isEqualTo("stop");
    }
  }

  /** Anybody may send anything on a bus: only systemd's own word counts. */
  @Test
  void doesNotBelieveOthers() {
    define(Behaviour.NEVER_STARTS);
    var start = world.control().start(unit, LONG);
    UnitStatus starting = awaitStatus("a start job", now -> now.job().isPresent());
    String job = Integer.toString(starting.job().orElseThrow().id());
    emit("JobRemoved", "uoss", job, "/org/freedesktop/systemd1/job/" + job, unit.value(), "done");
    emit("JobNew", "uos", "4711", "/org/freedesktop/systemd1/job/4711", unit.value());
    assertThat(stop()).isEqualTo(JobResult.DONE);
    assertThat(answer("start", start)).isEqualTo(JobResult.CANCELED);
    world.await("the stop's end", () -> heard.words("ended", unit), ends -> ends.size() == 2);
    assertThat(heard.words("ended", unit)).containsExactlyInAnyOrder("canceled", "done");
    assertThat(heard.about("queued", unit)).noneMatch(event -> event.job() == 4711);
  }

  private static void emit(String signal, String signature, String... values) {
    String[] argv = new String[values.length + 7];
    String[] head = {
      "busctl",
      "--address=" + systemd.busAddress(),
      "emit",
      "/org/freedesktop/systemd1",
      "org.freedesktop.systemd1.Manager",
      signal,
      signature
    };
    System.arraycopy(head, 0, argv, 0, head.length);
    System.arraycopy(values, 0, argv, head.length, values.length);
    systemd.run(argv).orThrow();
  }

  @Test
  void followsSystemdThroughItsOwnRestart() {
    define(Behaviour.RUNS);
    start();
    UnitStatus before = status();
    systemd.systemctl("daemon-reexec").orThrow();
    world.await("the return", () -> heard.count("connected"), count -> count == 2);
    assertThat(heard.count("disconnected")).isEqualTo(1);
    assertThat(status().invocationId()).isEqualTo(before.invocationId());
    heard.clear();
    assertThat(stop()).isEqualTo(JobResult.DONE);
    world.await("signals", () -> heard.words("ended", unit), ends -> ends.contains("done"));
  }

  /** Reading a unit that is not loaded makes systemd load and forget it, which it announces. */
  @Test
  void readingAUnitIsNoChange() {
    define(Behaviour.RUNS);
    start();
    stop();
    world.await("the stop's end", () -> heard.words("ended", unit), ends -> ends.size() == 2);
    for (int round = 0; round < ROUNDS; round++) {
      status();
    }
    // Whatever the readings led to has been heard before what comes after them.
    systemd.systemctl("start", unit.value()).orThrow();
    world.await("a start", () -> heard.words("ended", unit), ends -> ends.size() == 3);
    int first = heard.of(unit).indexOf(heard.about("ended", unit).toList().get(1));
    int third = heard.of(unit).indexOf(heard.about("queued", unit).toList().get(2));
    assertThat(third - first)
        .as("hints between the stop and the start: " + heard.of(unit))
        .isLessThan(ROUNDS);
    stop();
  }

  @Test
  @Tag("full")
  void noticesASystemdThatFellSilent() {
    String pid =
        systemd
            .run(
                "busctl",
                "--address=" + systemd.busAddress(),
                "--json=short",
                "call",
                "org.freedesktop.DBus",
                "/org/freedesktop/DBus",
                "org.freedesktop.DBus",
                "GetConnectionUnixProcessID",
                "s",
                "org.freedesktop.systemd1")
            .orThrow()
            .replaceAll("[^0-9]", "");
    systemd.run("kill", "-STOP", pid).orThrow();
    try {
      world.await("the silence", () -> heard.count("disconnected"), count -> count == 1);
      assertThat(world.watch().isConnected()).isFalse();
    } finally {
      systemd.run("kill", "-CONT", pid).orThrow();
    }
    world.await("the return", () -> heard.count("connected"), count -> count == 2);
    answer("ping", world.control().ping(LONG));
  }
}
