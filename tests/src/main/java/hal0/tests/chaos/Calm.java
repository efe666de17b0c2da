package hal0.tests.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import hal0.tests.bed.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts everything right, and waits until every state equals what systemd and the upstream say. */
final class Calm {
  /** What systemd is asked of a unit. */
  static final String[] ASKED = {
    "ActiveState", "SubState", "MainPID", "InvocationID", "NRestarts", "Result", "Job"
  };

  /** Loads may take their whole grace, stops systemd's whole patience. */
  private static final Duration LIMIT = Duration.ofSeconds(180);

  private final Ground ground;
  private final ObjectMapper json = new ObjectMapper();

  Calm(Ground ground) {
    this.ground = ground;
  }

  /**
   * Returns when all is true and, after every slot was unloaded, no process is left.
   *
   * @return how long it took until all was true
   * @throws AssertionError with what is not true in the end
   */
  Duration settle() {
    mend();
    long start = System.nanoTime();
    awaitTrue();
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    endAll();
    assertLog();
    return took;
  }

  private void mend() {
    ground.continueAll();
    ground.startBus();
    ground.slots().forEach(slot -> ground.rewrite(slot, false));
    if (!ground.isDaemonUp()) {
      ground.hal0().launch();
    }
    ground.slots().forEach(slot -> ground.ask("POST", slot.port(), "/_control", "ok\nmodel tiny"));
  }

  private void awaitTrue() {
    Await.value("all is true", LIMIT, this::untruths, List::isEmpty);
  }

  private List<String> untruths() {
    List<String> untruths = new ArrayList<>();
    Map<String, JsonNode> views = views();
    for (Ground.Slot slot : ground.slots()) {
      JsonNode view = views.get(slot.name());
      String untruth = view == null ? "is not listed" : untruth(slot, view);
      if (!untruth.isEmpty()) {
        untruths.add("\n" + slot.name() + " " + untruth + ": " + view);
      }
    }
    return untruths;
  }

  private Map<String, JsonNode> views() {
    Map<String, JsonNode> views = new HashMap<>();
    String answer = ground.ask("GET", ground.hal0().port(), "/api/slots", "");
    if (answer.startsWith("200 ")) {
      read(answer.substring(4)).forEach(view -> views.put(view.path("name").asText(), view));
    }
    return views;
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** What is not true of a slot; empty when all is. */
  private String untruth(Ground.Slot slot, JsonNode view) {
    Map<String, String> unit = ground.unit(slot, ASKED);
    JsonNode shown = view.path("unit");
    String active = unit.get("ActiveState");
    boolean same =
        active.equals(shown.path("active_state").asText())
            && unit.get("MainPID").equals(shown.path("main_pid").asText("0").replace("null", "0"))
            && unit.get("NRestarts").equals(shown.path("n_restarts").asText());
    boolean sameRun =
        !active.equals("active")
            || unit.get("InvocationID").equals(shown.path("invocation_id").asText());
    if (!same || !sameRun || view.at("/metadata/stale").asBoolean()) {
      return "shows another unit than systemd, " + unit;
    }
    String state = view.path("state").asText();
    String reason = view.path("reason").asText();
    boolean routable = view.path("routable").asBoolean();
    boolean fits =
        switch (active) {
          case "active" -> fits(slot, state, reason, routable);
          case "inactive" -> (state.equals("offline") || state.equals("error")) && !routable;
          case "failed" -> state.equals("error") && !routable;
          default -> false;
        };
    return fits ? "" : "does not fit its unit, " + unit;
  }

  /** A unit that runs: its server's answer decides, unless hal0 failed to stop it. */
  private boolean fits(Ground.Slot slot, String state, String reason, boolean routable) {
    boolean serves =
        ground.ask("GET", slot.port(), "/health", "").startsWith("200 ")
            && ground.ask("GET", slot.port(), "/v1/models", "").contains("\"id\"");
    return serves && (state.equals("ready") || state.equals("serving")) && routable
        || state.equals("error") && reason.equals("stop_failed") && !routable;
  }

  private void endAll() {
    Await.value(
        "every slot can be unloaded",
        LIMIT,
        () -> ground.slots().stream().map(this::unload).filter(said -> !said.isEmpty()).toList(),
        List::isEmpty);
    for (Ground.Slot slot : ground.slots()) {
      Await.value(
          slot.name() + " is inactive",
          LIMIT,
          () -> ground.unit(slot, ASKED),
          unit -> unit.get("ActiveState").equals("inactive"));
    }
    Await.value("no process is left", LIMIT, this::left, List::isEmpty);
  }

  private String unload(Ground.Slot slot) {
    String said =
        ground.ask(
            "POST", ground.hal0().port(), "/api/slots/" + slot.name() + "/unload?wait=0", "{}");
    String state =
        ground.ask("GET", ground.hal0().port(), "/api/slots/" + slot.name() + "/state", "");
    return state.contains("\"offline\"") ? "" : slot.name() + ": " + said + state;
  }

  /** Processes that serve a slot's port. */
  private List<String> left() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(
            line ->
                ground.slots().stream()
                    .anyMatch(slot -> line.contains("StandIn --port " + slot.port() + " ")))
        .toList();
  }

  /** A fault of hal0's own shows as a stack trace in its log. */
  private void assertLog() {
    List<String> traces =
        ground.hal0().log().lines().filter(line -> line.startsWith("\tat hal0.")).toList();
    if (!traces.isEmpty()) {
      throw new AssertionError(
          "the daemon's log has stack traces, the first at" + traces.getFirst());
    }
  }
}
