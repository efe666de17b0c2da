package hal0.app.api;

import com.fasterxml.jackson.core.JsonGenerator;
import hal0.slots.SlotView;
import hal0.slots.event.SlotEvent;
import hal0.slots.pull.Progress;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** The one rendering of slots and their events, for the list, the streams and the command line. */
public final class SlotJson {
  private SlotJson() {}

  /** One slot. What is not known, or is not there, is null. */
  public static void slot(JsonGenerator json, SlotView view) throws IOException {
    Optional<SlotSpec> spec = view.spec();
    json.writeStartObject();
    state(json, view);
    json.writeStringField("status", view.state().word());
    json.writeArrayFieldStart("models");
    for (String model : view.models()) {
      json.writeString(JsonOut.wellFormed(model));
    }
    json.writeEndArray();
    JsonOut.text(json, "provider", spec.map(known -> known.provider().word()));
    json.writeStringField("kind", "local");
    JsonOut.text(json, "backend", spec.flatMap(SlotSpec::backend));
    truth(json, "enabled", spec.map(SlotSpec::enabled));
    json.writeBooleanField("routable", view.routable());
    json.writeNumberField("in_flight", view.inFlight());
    json.writeFieldName("unit");
    unit(json, view);
    json.writeFieldName("probe");
    probe(json, view);
    json.writeBooleanField("config_drift", view.drift());
    JsonOut.text(json, "config_error", view.configError());
    json.writeFieldName("pull");
    pull(json, view.pull());
    metadata(json, view);
    json.writeEndObject();
  }

  /** The short form: what {@code /state} answers. */
  public static void stateOf(JsonGenerator json, SlotView view) throws IOException {
    json.writeStartObject();
    state(json, view);
    json.writeEndObject();
  }

  private static void state(JsonGenerator json, SlotView view) throws IOException {
    json.writeStringField("name", view.name());
    json.writeStringField("state", view.state().word());
    json.writeStringField("reason", view.reason().word());
    json.writeStringField("message", JsonOut.wellFormed(view.message()));
    JsonOut.textOrNull(json, "model_id", view.modelId());
    json.writeFieldName("port");
    number(json, view.port());
    JsonOut.seconds(json, "updated_at", view.updatedAt());
  }

  private static void unit(JsonGenerator json, SlotView view) throws IOException {
    Optional<UnitStatus> unit = view.unit();
    json.writeStartObject();
    json.writeStringField("name", UnitName.ofSlot(view.name()).value());
    JsonOut.text(json, "active_state", unit.map(status -> status.activeState().word()));
    JsonOut.text(json, "sub_state", unit.map(UnitStatus::subState));
    json.writeFieldName("main_pid");
    number(json, unit.map(UnitStatus::mainPid).orElse(0));
    json.writeFieldName("n_restarts");
    if (unit.isPresent()) {
      json.writeNumber(unit.get().restarts());
    } else {
      json.writeNull();
    }
    JsonOut.text(json, "result", unit.map(UnitStatus::result));
    JsonOut.text(
        json, "invocation_id", unit.map(UnitStatus::invocationId).filter(id -> !id.isEmpty()));
    json.writeEndObject();
  }

  private static void probe(JsonGenerator json, SlotView view) throws IOException {
    if (view.probe().isEmpty()) {
      json.writeNull();
      return;
    }
    SlotView.LastProbe probe = view.probe().get();
    json.writeStartObject();
    json.writeStringField("verdict", probe.result().verdict().word());
    json.writeStringField("detail", JsonOut.wellFormed(probe.result().detail()));
    JsonOut.moment(json, "at", probe.at());
    JsonOut.thousandths(json, "latency_ms", probe.result().took().toNanos() / 1000);
    json.writeNumberField("failures", probe.failures());
    json.writeEndObject();
  }

  /** How far what is fetched has come; null where nothing is. */
  static void pull(JsonGenerator json, Optional<Progress> pull) throws IOException {
    if (pull.isEmpty()) {
      json.writeNull();
      return;
    }
    Progress progress = pull.get();
    json.writeStartObject();
    json.writeStringField("what", progress.want().what());
    json.writeStringField("name", JsonOut.wellFormed(progress.want().name()));
    json.writeStringField("from", JsonOut.wellFormed(progress.want().from()));
    json.writeStringField("phase", progress.phase().word());
    json.writeNumberField("bytes", progress.bytes());
    JsonOut.any(json, "total", boxed(progress.total()));
    JsonOut.any(json, "percent", boxed(progress.percent()));
    json.writeNumberField("bytes_per_second", progress.rate());
    JsonOut.any(json, "eta_seconds", progress.eta().map(Duration::toSeconds));
    JsonOut.textOrNull(json, "note", progress.note());
    json.writeStringField("message", JsonOut.wellFormed(progress.sentence()));
    json.writeEndObject();
  }

  private static Optional<Long> boxed(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  /** How far a slot's pull is, as an event. */
  public static void progress(JsonGenerator json, SlotView view) throws IOException {
    json.writeStartObject();
    json.writeStringField("slot", view.name());
    json.writeStringField("message", JsonOut.wellFormed(view.message()));
    json.writeFieldName("pull");
    pull(json, view.pull());
    json.writeEndObject();
  }

  private static void metadata(JsonGenerator json, SlotView view) throws IOException {
    json.writeObjectFieldStart("metadata");
    truth(json, "pinned", view.spec().map(SlotSpec::pinned));
    truth(json, "wake", view.spec().map(spec -> spec.admission().wake()));
    json.writeBooleanField("stale", view.stale());
    json.writeFieldName("observed_at");
    if (view.observedAt().isPresent()) {
      JsonOut.any(json, view.observedAt().get());
    } else {
      json.writeNull();
    }
    json.writeEndObject();
  }

  /** A transition. */
  public static void event(JsonGenerator json, SlotEvent event) throws IOException {
    json.writeStartObject();
    json.writeNumberField("seq", event.seq());
    JsonOut.moment(json, "at", event.at());
    json.writeStringField("slot", event.slot());
    json.writeStringField("from", event.from().word());
    json.writeStringField("to", event.to().word());
    json.writeStringField("reason", event.reason().word());
    json.writeStringField("message", JsonOut.wellFormed(event.message()));
    JsonOut.textOrNull(json, "model_id", event.modelId());
    json.writeEndObject();
  }

  private static void number(JsonGenerator json, int noneIsZero) throws IOException {
    if (noneIsZero == 0) {
      json.writeNull();
    } else {
      json.writeNumber(noneIsZero);
    }
  }

  private static void truth(JsonGenerator json, String name, Optional<Boolean> value)
      throws IOException {
    json.writeFieldName(name);
    if (value.isPresent()) {
      json.writeBoolean(value.get());
    } else {
      json.writeNull();
    }
  }
}
