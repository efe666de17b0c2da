package hal0.app.gateway;

import com.fasterxml.jackson.core.JsonGenerator;
import hal0.app.api.Exchange;
import hal0.app.api.JsonOut;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import java.io.IOException;

/** {@code /v1/models}: what can be asked for, in the shape of OpenAI's API. */
final class ModelList {
  private static final String PREFIX = "/v1/models/";

  private final SlotManager slots;

  ModelList(SlotManager slots) {
    this.slots = slots;
  }

  void list(Exchange exchange) throws IOException {
    exchange.json(
        200,
        json -> {
          json.writeStartObject();
          json.writeStringField("object", "list");
          json.writeArrayFieldStart("data");
          for (SlotView slot : slots.views()) {
            if (slot.isAvailable()) {
              for (String name : Chooser.names(slot)) {
                model(json, name, slot);
              }
            }
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  void one(Exchange exchange) throws IOException {
    String name = exchange.rest(PREFIX);
    SlotView slot =
        Chooser.forModel(slots.views().stream().filter(SlotView::isAvailable).toList(), name);
    exchange.json(200, json -> model(json, name, slot));
  }

  private static void model(JsonGenerator json, String name, SlotView slot) throws IOException {
    json.writeStartObject();
    JsonOut.text(json, "id", java.util.Optional.of(name));
    json.writeStringField("object", "model");
    json.writeNumberField("created", slot.updatedAt().getEpochSecond());
    json.writeStringField("owned_by", "hal0");
    json.writeObjectFieldStart("hal0");
    json.writeStringField("slot", slot.name());
    json.writeStringField("state", slot.state().word());
    json.writeEndObject();
    json.writeEndObject();
  }
}
