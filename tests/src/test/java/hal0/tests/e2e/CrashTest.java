package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.slots.record.FileSlotStore;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecDirectory;
import hal0.tests.bed.Await;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The daemon is killed at random moments while it loads, unloads and writes. */
final class CrashTest extends E2e {
  private static final List<String> SLOTS = List.of("crash0", "crash1", "crash2");
  private static final List<String> VERBS = List.of("load", "load", "unload", "restart", "config");
  private static final int ROUNDS = Integer.getInteger("hal0.crash.rounds", 4);
  private static final long LONGEST_LIFE = Duration.ofMillis(1500).toNanos();
  private static final long SEED = Long.getLong("hal0.crash.seed", 4);

  @Test
  void whatIsFoundAfterAKillIsWholeAndBecomesTrue() throws IOException {
    SLOTS.forEach(name -> hal0.addSlot(name, SlotText.llama()));
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      long end = System.nanoTime() + (long) (random.nextDouble() * LONGEST_LIFE);
      do {
        act(SLOTS.get(random.nextInt(SLOTS.size())), random);
      } while (System.nanoTime() < end);
      hal0.kill9();
      assertWhole("round " + round + " of -Dhal0.crash.seed=" + SEED);
      hal0.startDaemon();
      SLOTS.forEach(CrashTest::awaitTruth);
    }
    SLOTS.forEach(name -> assertThat(state(hal0.verb(name, "load"))).isEqualTo("ready"));
    SLOTS.forEach(name -> assertThat(state(hal0.verb(name, "unload"))).isEqualTo("offline"));
  }

  private static void act(String slot, Random random) {
    String verb = VERBS.get(random.nextInt(VERBS.size()));
    if (verb.equals("config")) {
      String grace = "{\"probe\": {\"grace\": \"" + (100 + random.nextInt(100)) + "s\"}}";
      hal0.asOwner("PUT", "/api/slots/" + slot + "/config", grace).with(200);
    } else {
      hal0.post("/api/slots/" + slot + "/" + verb + "?wait=0", "{}").with(202);
    }
  }

  private static void assertWhole(String when) throws IOException {
    for (SlotFile file :
        new SpecDirectory(hal0.configDir().resolve("slots")).read(name -> false).values()) {
      assertThat(file.error()).as(when).isEmpty();
    }
    for (String name : SLOTS) {
      if (Files.exists(hal0.record(name))) {
        assertThat(new FileSlotStore(hal0.stateDir()).load(name)).as(when).isPresent();
      }
      if (Files.exists(hal0.dropIn(name))) {
        assertThat(Files.readString(hal0.dropIn(name)))
            .as(when)
            .contains("ExecStart=")
            .endsWith("\n");
      }
      try (Stream<Path> kept = Files.list(hal0.stateDir().resolve("slots"))) {
        assertThat(kept.filter(path -> path.toString().contains("corrupt"))).as(when).isEmpty();
      }
    }
  }

  /** Resting, and as its unit and its server are. */
  private static void awaitTruth(String name) {
    JsonNode slot =
        Await.value(
            name + " is what its unit is",
            Await.LONG.multipliedBy(2),
            () -> hal0.slot(name),
            view ->
                switch (systemd.property(Hal0.unit(name), "ActiveState")) {
                  case "active" ->
                      state(view).equals("ready")
                          && invocation(view)
                              .equals(systemd.property(Hal0.unit(name), "InvocationID"));
                  case "inactive" -> state(view).equals("offline") || state(view).equals("error");
                  case "failed" -> state(view).equals("error");
                  default -> false;
                });
    assertThat(slot.path("routable").asBoolean()).isEqualTo(state(slot).equals("ready"));
  }
}
