package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hal0.app.gateway.Gateway;
import hal0.app.gateway.GatewayLimits;
import hal0.app.node.NodeRoutes;
import hal0.slots.SlotException;
import hal0.slots.event.Evidence;
import hal0.slots.event.SlotEvent;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.story.StoryFiles;
import hal0.slots.story.StoryLine;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API's description says what the API does: each route, each code, and each example is tried.
 */
class OpenApiTest {
  private static final Set<String> METHODS =
      Set.of("get", "post", "put", "delete", "patch", "options");

  private static final Pattern CODE = Pattern.compile("[a-z]+\\.[a-z_]+|backend_unavailable");

  @TempDir private Path state;

  private final List<Gateway> gateways = new ArrayList<>();
  private JsonNode description;

  @BeforeEach
  void read() throws IOException {
    description = ApiBed.MAPPER.readTree(PageRoutes.resource("openapi.json"));
  }

  @AfterEach
  void close() throws Exception {
    for (Gateway gateway : gateways) {
      gateway.close();
    }
  }

  private List<Route> more(FakeSlots slots) throws IOException {
    FakeDefinitions files = new FakeDefinitions(slots);
    for (String name : List.of("chat", "embed", "old")) {
      files.files.put(name, FakeDefinitions.file(slots.view(name).orElseThrow().port()));
    }
    List<Route> more = new ArrayList<>(files.routes());
    more.addAll(new LogRoutes(slots, files, new SystemClockwork()).routes());
    more.addAll(new NodeRoutes(NodeRoutesTest.board(slots)).routes());
    more.addAll(new StoryRoutes(slots, new StoryFiles(told())).routes());
    more.addAll(new ModelRoutes(new FakeModels()).routes());
    more.addAll(new PageRoutes().routes());
    gateways.add(
        new Gateway(
            slots,
            new SystemClockwork(),
            GatewayLimits.DEFAULT,
            GatewayBed.noWorkers(),
            Map.of(),
            () -> "degraded"));
    more.addAll(gateways.getLast().routes());
    return more;
  }

  private Path told() throws IOException {
    Path directory = Files.createDirectories(state.resolve("slots/chat"));
    Files.deleteIfExists(directory.resolve(StoryFiles.FILE));
    Evidence evidence =
        new Evidence(Optional.empty(), Optional.empty(), "load by 127.0.0.1 with hal0");
    SlotEvent event =
        new SlotEvent(
            1,
            Instant.parse("2026-01-02T03:04:05Z"),
            "chat",
            SlotState.OFFLINE,
            SlotState.STARTING,
            Reason.REQUESTED,
            "starting with qwen3-4b",
            "qwen3-4b",
            evidence);
    new StoryFiles(state).add("chat", StoryLine.of(event, "b0"));
    return state;
  }

  /** The slots that the examples are about. */
  private static FakeSlots world(boolean all) {
    FakeSlots slots = new FakeSlots().with("chat", 8101).with("embed", 8102);
    slots.move("embed", SlotState.READY, Reason.LOADED, "serves qwen3-4b", "qwen3-4b");
    if (all) {
      List.of("old", "stuck", "slow", "crash", "other", "lost", "asr")
          .forEach(name -> slots.with(name, 8103));
      slots.refusals.put("stuck", refusal("stuck"));
      slots.refusals.put("slow", refusal("slow"));
      slots.refusals.put("crash", refusal("crash"));
      slots.refusals.put("other", new SlotException.ModelMismatch("other", "a", "b"));
      slots.refusals.put(
          "lost", new SlotException.Unavailable("lost", "systemd could not be reached for 10 s"));
    }
    return slots;
  }

  private static SlotException refusal(String name) {
    return switch (name) {
      case "stuck" ->
          new SlotException.StopFailed(
              name, "stuck could not be stopped", Map.of("active_state", "deactivating"));
      case "slow" ->
          new SlotException.HealthFailed(
              name,
              "slow was not ready within 180 s: it says that it is still loading",
              Map.of("result", "success", "exit_status", 0));
      default ->
          new SlotException.SpawnFailed(
              name,
              "crash died while it loaded: exit-code, status 1",
              Map.of("result", "exit-code", "exit_status", 1));
    };
  }

  @Test
  void everyRouteIsDescribedAndNoOther() throws IOException {
    FakeSlots slots = world(true);
    Set<String> routes = new TreeSet<>();
    try (ApiBed bed = new ApiBed(slots, Limits.DEFAULT, false, more(slots))) {
      bed.routes.forEach(route -> routes.add(route.method() + " " + route.pattern()));
    }
    Set<String> described = new TreeSet<>();
    for (Operation operation : operations()) {
      described.add(operation.method() + " " + operation.path());
    }

    assertThat(described).isEqualTo(routes);
  }

  @Test
  void whatNeedsTheTokenIsDescribedAsSuch() throws IOException {
    FakeSlots slots = world(true);
    try (ApiBed bed = new ApiBed(slots, Limits.DEFAULT, false, more(slots))) {
      for (Route route : bed.routes) {
        JsonNode operation = description.at(pointer(route.pattern(), route.method()));
        assertThat(operation.has("security"))
            .as(route.method() + " " + route.pattern())
            .isEqualTo(route.access() == Access.TOKEN);
      }
    }
  }

  private static String pointer(String path, String method) {
    return "/paths/" + path.replace("/", "~1") + "/" + method.toLowerCase(java.util.Locale.ROOT);
  }

  @Test
  void everyCodeIsDescribedAndNoOther() {
    Set<String> described =
        words(description.at("/components/schemas/ErrorBody/properties/code/enum"));

    assertThat(described)
        .isEqualTo(Arrays.stream(Code.values()).map(Code::word).collect(Collectors.toSet()));
    for (Map.Entry<String, JsonNode> response :
        description.at("/components/responses").properties()) {
      int status = Integer.parseInt(response.getKey().substring(1));
      String text = response.getValue().get("description").asText();
      Set<String> told =
          CODE.matcher(text.substring(text.indexOf("Codes: ") + 7))
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toSet());
      assertThat(told)
          .as(response.getKey())
          .isEqualTo(
              Arrays.stream(Code.values())
                  .filter(code -> code.status() == status)
                  .map(Code::word)
                  .collect(Collectors.toSet()));
    }
  }

  private static Set<String> words(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(JsonNode::asText)
        .collect(Collectors.toSet());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    int references = 0;
    for (JsonNode reference : description.findValues("$ref")) {
      assertThat(description.at(reference.asText().substring(1)).isMissingNode())
          .as(reference.asText())
          .isFalse();
      references++;
    }
    assertThat(references).isGreaterThan(50);
  }

  /** One operation of the description. */
  private record Operation(String method, String path, JsonNode node) {}

  private List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        assertThat(METHODS).contains(operation.getKey());
        String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
        operations.add(new Operation(method, path.getKey(), operation.getValue()));
      }
    }
    return operations;
  }

  @Test
  void everyExampleIsTrue() throws Exception {
    int tried = 0;
    for (Operation operation : operations()) {
      for (Map.Entry<String, JsonNode> response : operation.node().get("responses").properties()) {
        for (JsonNode content : response.getValue().path("content")) {
          for (Map.Entry<String, JsonNode> example : content.path("examples").properties()) {
            String what = operation.method() + " " + operation.path() + " " + example.getKey();
            attempt(what, operation, Integer.parseInt(response.getKey()), example.getValue());
            conforms(what, content.get("schema"), example.getValue().get("value"));
            tried++;
          }
        }
      }
    }
    assertThat(tried).isGreaterThan(35);
  }

  private void attempt(String what, Operation operation, int status, JsonNode example)
      throws Exception {
    JsonNode request = example.get("x-request");
    String path = request.get("path").asText();
    FakeSlots slots = world(true);
    List<Route> more = more(slots);
    if (path.equals("/api/slots") && operation.method().equals("GET")) {
      slots = world(false);
    }
    try (ApiBed bed = new ApiBed(slots, Limits.DEFAULT, false, more)) {
      String body = request.has("body") ? request.get("body").toString() : null;
      String[] token =
          request.has("token")
              ? new String[] {"Authorization", "Bearer " + ApiBed.TOKEN}
              : new String[0];
      ApiBed.Answer answer = bed.ask(operation.method(), path, body, token);

      assertThat(answer.status()).as(what + ": " + answer.text()).isEqualTo(status);
      assertThat(answer.json()).as(what).isEqualTo(example.get("value"));
    }
  }

  /** Checks a value against the part of JSON Schema that the description uses. */
  private void conforms(String what, JsonNode given, JsonNode value) {
    JsonNode schema =
        given.has("$ref") ? description.at(given.get("$ref").asText().substring(1)) : given;
    Set<String> types =
        schema.path("type").isArray()
            ? words(schema.get("type"))
            : Set.of(schema.path("type").asText());
    assertThat(types).as(what + ": " + value).contains(typeOf(value, types));
    if (schema.has("enum")) {
      assertThat(words(schema.get("enum"))).as(what).contains(value.asText());
    }
    if (value.isArray()) {
      value.forEach(element -> conforms(what, schema.get("items"), element));
    }
    if (value.isObject()) {
      words(schema.path("required"))
          .forEach(key -> assertThat(value.has(key)).as(what + ": " + key).isTrue());
      for (Map.Entry<String, JsonNode> field : value.properties()) {
        JsonNode known = schema.path("properties").path(field.getKey());
        if (known.isMissingNode()) {
          assertThat(schema.path("additionalProperties").asBoolean())
              .as(what + ": " + field.getKey())
              .isTrue();
        } else {
          conforms(what + "/" + field.getKey(), known, field.getValue());
        }
      }
    }
  }

  private static String typeOf(JsonNode value, Set<String> types) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.isIntegralNumber() && types.contains("integer") ? "integer" : "number";
      case STRING -> "string";
      case BOOLEAN -> "boolean";
      case ARRAY -> "array";
      case NULL -> "null";
      default -> "object";
    };
  }
}
