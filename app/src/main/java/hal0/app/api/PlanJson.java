package hal0.app.api;

import com.fasterxml.jackson.core.JsonGenerator;
import hal0.slots.room.Budget;
import hal0.slots.room.RoomPlan;
import java.io.IOException;

/** How a slot gets the room that it needs, as JSON. */
final class PlanJson {
  private PlanJson() {}

  static void write(JsonGenerator json, RoomPlan plan) throws IOException {
    json.writeStartObject();
    json.writeStringField("slot", plan.slot());
    json.writeBooleanField("fits", plan.fits());
    json.writeArrayFieldStart("unload");
    for (String name : plan.unload()) {
      json.writeString(name);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("kept");
    for (RoomPlan.Kept kept : plan.kept()) {
      json.writeStartObject();
      json.writeStringField("slot", kept.slot());
      json.writeStringField("why", kept.why());
      amounts(json, kept.holds());
      json.writeEndObject();
    }
    json.writeEndArray();
    budget(json, "needs", plan.needs());
    budget(json, "used", plan.used());
    budget(json, "budget", plan.budget());
    json.writeEndObject();
  }

  private static void budget(JsonGenerator json, String field, Budget budget) throws IOException {
    json.writeObjectFieldStart(field);
    amounts(json, budget);
    json.writeEndObject();
  }

  /** In bytes; null for what is not limited. */
  private static void amounts(JsonGenerator json, Budget budget) throws IOException {
    amount(json, "memory", budget.memory());
    amount(json, "vram", budget.vram());
  }

  private static void amount(JsonGenerator json, String field, long bytes) throws IOException {
    if (bytes == Long.MAX_VALUE) {
      json.writeNullField(field);
    } else {
      json.writeNumberField(field, bytes);
    }
  }
}
