package hal0.slots.story;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.event.SlotEvent;
import hal0.slots.probe.ProbeResult;
import hal0.systemd.UnitStatus;
import java.time.temporal.ChronoUnit;

/** A transition and its evidence as one line of JSON. */
public final class StoryLine {
  private static final JsonMapper JSON = new JsonMapper();

  private StoryLine() {}

  /**
   * Writes it.
   *
   * @param bootId the daemon's life that it is of
   */
  public static String of(SlotEvent event, String bootId) {
    ObjectNode line = JSON.createObjectNode();
    line.put("at", event.at().truncatedTo(ChronoUnit.MILLIS).toString());
    line.put("boot_id", bootId);
    line.put("seq", event.seq());
    line.put("from", event.from().word());
    line.put("to", event.to().word());
    line.put("reason", event.reason().word());
    line.put("message", event.message());
    line.put("model_id", event.modelId());
    line.put("order", event.evidence().order());
    event.evidence().unit().ifPresent(unit -> unit(line.putObject("unit"), unit));
    event.evidence().probe().ifPresent(probe -> probe(line.putObject("probe"), probe));
    try {
      return JSON.writeValueAsString(line);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  private static void unit(ObjectNode json, UnitStatus unit) {
    json.put("active_state", unit.activeState().word());
    json.put("sub_state", unit.subState());
    json.put("main_pid", unit.mainPid());
    json.put("n_restarts", unit.restarts());
    json.put("result", unit.result());
    json.put("invocation_id", unit.invocationId());
    unit.exit()
        .ifPresent(exit -> json.put(exit.bySignal() ? "signal" : "exit_status", exit.status()));
    unit.job().ifPresent(job -> json.put("job", job.type()));
  }

  private static void probe(ObjectNode json, ProbeResult probe) {
    json.put("verdict", probe.verdict().word());
    json.put("detail", probe.detail());
  }
}
