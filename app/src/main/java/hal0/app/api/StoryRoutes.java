package hal0.app.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hal0.slots.SlotManager;
import hal0.slots.story.StoryFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What happened to a slot, and what it followed from. */
public final class StoryRoutes {
  private static final int MOST = 2000;
  private static final int USUAL = 50;
  private static final JsonMapper JSON = new JsonMapper();

  private final SlotManager slots;
  private final StoryFiles stories;

  /** Routes to these slots' stories. */
  public StoryRoutes(SlotManager slots, StoryFiles stories) {
    this.slots = slots;
    this.stories = stories;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(Route.open("GET", "/api/slots/{name}/story", this::story));
  }

  private void story(Exchange exchange) throws IOException {
    String name = SlotRoutes.present(slots, exchange.slotName()).name();
    List<JsonNode> entries = entries(stories.read(name, exchange.count("lines", USUAL, MOST)));
    exchange.json(
        200,
        json -> {
          json.writeStartObject();
          json.writeStringField("name", name);
          json.writeArrayFieldStart("story");
          for (JsonNode entry : entries) {
            JSON.writeTree(json, entry);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  /** A line that somebody has spoilt costs itself only. */
  private static List<JsonNode> entries(List<String> lines) {
    List<JsonNode> entries = new ArrayList<>();
    for (String line : lines) {
      try {
        JsonNode entry = JSON.readTree(line);
        if (entry.isObject()) {
          entries.add(entry);
        }
      } catch (JsonProcessingException e) {
        continue;
      }
    }
    return entries;
  }
}
