package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.tests.bed.Events;
import hal0.tests.bed.Hal0;
import hal0.tests.bed.SlotText;
import hal0.tests.bed.Upstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Live probing on real processes: hung, sick for a moment, and not the slot's own. */
final class ProbingTest extends E2e {
  private static final int HUNG = 120;

  @Test
  void aStoppedProcessIsAnErrorAndIsTakenUpAgainWhenItGoesOn() {
    SlotText slot = SlotText.llama().set("probe", "timeout", "\"2s\"");
    hal0.addSlot("stopped", slot.set("probe", "failures", "2"));
    JsonNode before = hal0.verb("stopped", "load");
    String pid = Integer.toString(mainPid(before));
    systemd.run("kill", "-STOP", pid).orThrow();
    JsonNode error = hal0.awaitState("stopped", "error");
    assertThat(reason(error)).isEqualTo("probe_failed");
    assertThat(error.path("routable").asBoolean()).isFalse();
    assertThat(error.at("/unit/active_state").asText()).isEqualTo("active");
    systemd.run("kill", "-CONT", pid).orThrow();
    JsonNode after = hal0.awaitState("stopped", "ready");
    assertThat(invocation(after)).isEqualTo(invocation(before));
    assertThat(after.path("routable").asBoolean()).isTrue();
  }

  @Test
  void badAnswersThatEndInTimeChangeNothing() {
    SlotText slot = SlotText.llama().set("probe", "failures", "1000");
    hal0.addSlot("sick", slot.set("probe", "interval", "\"1s\""));
    hal0.verb("sick", "load");
    try (Events events = stream()) {
      for (String fault : List.of("error 500", "rubbish", "error 401", "loading")) {
        slot.upstream().tell(fault);
        JsonNode sick = hal0.await("sick", fault + " is seen", view -> failures(view) > 0);
        assertThat(state(sick)).isEqualTo("ready");
        slot.upstream().tell("ok");
        hal0.await("sick", "well after " + fault, view -> failures(view) == 0);
      }
      // A later transition of another slot: whatever had come before it would be here by now.
      hal0.addSlot("later", SlotText.llama().command("/nowhere"));
      hal0.post("/api/slots/later/load", "{}").error(500, "slot.spawn_failed");
      events.awaitPath("later", ">error");
      assertThat(events.edges("sick")).isEmpty();
    }
  }

  private static int failures(JsonNode slot) {
    return slot.at("/probe/failures").asInt();
  }

  @Test
  void aHundredHungServersDelayNoOther() throws IOException {
    List<ServerSocket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < HUNG; i++) {
        SlotText slot =
            SlotText.llama()
                .command("sleep", "100000")
                .set("probe", "any_listener", "true")
                .set("probe", "grace", "\"2h\"")
                .set("probe", "timeout", "\"1h\"");
        // The kernel takes connections to it; nobody ever answers them.
        silent.add(new ServerSocket(slot.port(), 500, InetAddress.getByName("127.0.0.1")));
        hal0.writeSlot("hung" + i, slot);
      }
      for (int i = 0; i < HUNG; i++) {
        hal0.verbNoWait("hung" + i, "load");
      }
      for (int i = 0; i < HUNG; i++) {
        hal0.awaitState("hung" + i, "warming");
      }
      hal0.writeSlot("healthy", SlotText.llama());
      assertThat(state(hal0.verb("healthy", "load"))).isEqualTo("ready");
      for (int i = 0; i < HUNG; i++) {
        assertThat(state(hal0.slot("hung" + i))).isEqualTo("warming");
      }
      for (int i = 0; i < HUNG; i++) {
        hal0.verbNoWait("hung" + i, "unload");
      }
      for (int i = 0; i < HUNG; i++) {
        hal0.awaitState("hung" + i, "offline");
      }
    } finally {
      for (ServerSocket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aStrangerOnThePortIsNamedAndNeverTakenForTheSlot() {
    try (Upstream stranger = Upstream.start("--model", "tiny").awaitListening()) {
      SlotText slot =
          SlotText.llama(stranger.port())
              .command("sleep", "100000")
              .set("probe", "grace", "\"2h\"");
      hal0.addSlot("robbed", slot);
      hal0.verbNoWait("robbed", "load");
      hal0.awaitState("robbed", "warming");
      String group = systemd.property(Hal0.unit("robbed"), "ControlGroup");
      if (!isSeen(group)) {
        System.out.println("[foreign listener] SKIPPED: this machine hides cgroup " + group);
      }
      assumeTrue(isSeen(group), "this machine hides cgroup " + group);

      JsonNode robbed =
          hal0.await(
              "robbed",
              "names who holds its port",
              view ->
                  view.at("/probe/verdict").asText().equals("foreign_listener")
                      && view.path("message").asText().contains("pid " + stranger.process().pid()));
      assertThat(robbed.path("message").asText()).contains("java (pid ");
      assertThat(state(robbed)).isEqualTo("warming");
      assertThat(robbed.path("routable").asBoolean()).isFalse();
      assertThat(state(hal0.verb("robbed", "unload"))).isEqualTo("offline");
    }
  }

  private static boolean isSeen(String group) {
    return Stream.of("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd")
        .anyMatch(root -> Files.isReadable(Path.of(root + group, "cgroup.procs")));
  }
}
