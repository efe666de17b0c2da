package hal0.app.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.SlotView;
import hal0.slots.admission.Lease;
import hal0.slots.spec.SlotSpec;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerChannels;
import hal0.slots.worker.WorkerException;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import okhttp3.Call;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSource;

/** Asks a slot's upstream for one chat completion. Safe for use by many threads. */
final class Inference {
  /** The longest answer of an upstream that is read, in bytes. */
  private static final long LONGEST = 4 << 20;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final MediaType JSON = MediaType.get("application/json");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Map<String, String> environment;
  private final WorkerChannels workers;
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .proxy(Proxy.NO_PROXY)
          .followRedirects(false)
          .followSslRedirects(false)
          // What was sent must not be run twice.
          .retryOnConnectionFailure(false)
          .connectTimeout(CONNECT)
          .build();

  /**
   * @param environment where an upstream's key is
   * @param workers to the slots that are workers
   */
  Inference(Map<String, String> environment, WorkerChannels workers) {
    this.environment = environment;
    this.workers = workers;
  }

  /**
   * Asks.
   *
   * @return what the model said
   * @throws IOException if it did not, or was ended; the message says why, in one line
   */
  String ask(Lease lease, ChatRequest request) throws IOException {
    SlotView slot = lease.slot();
    SlotSpec.Admission limits =
        slot.spec().map(SlotSpec::admission).orElse(SlotSpec.Admission.DEFAULT);
    Optional<SlotSpec.Worker> worker = slot.spec().flatMap(SlotSpec::worker);
    if (worker.isPresent()) {
      return askWorker(lease, worker.get(), limits, request);
    }
    OkHttpClient patient = client.newBuilder().readTimeout(limits.firstByte()).build();
    Call call = patient.newCall(request(slot, limits, request));
    lease.ended().thenRun(call::cancel);
    try (Response response = call.execute()) {
      lease.begun();
      BufferedSource source = response.body().source();
      if (source.request(LONGEST + 1)) {
        throw new IOException("the answer is longer than " + LONGEST + " bytes");
      }
      lease.moved();
      return content(response.code(), source.readByteArray());
    } catch (IOException e) {
      String ended = lease.ended().getNow("");
      throw ended.isEmpty() ? e : new IOException(ended, e);
    }
  }

  private String askWorker(
      Lease lease, SlotSpec.Worker worker, SlotSpec.Admission limits, ChatRequest request)
      throws IOException {
    Role role = Role.of(worker.role()).orElseThrow();
    if (role != Role.CHAT && role != Role.VISION) {
      throw new IOException("a worker of the role " + role.word() + " answers no chat");
    }
    ObjectNode body = request.body().deepCopy();
    body.put("stream", false);
    try (WorkerCall call =
        workers.of(lease.slot().name()).begin(role, body, Limits.of(limits.firstByte()))) {
      lease.ended().thenRun(call::cancel);
      String content = call.result().at("/message/content").asText("");
      lease.begun();
      lease.moved();
      return content;
    } catch (WorkerException e) {
      String ended = lease.ended().getNow("");
      throw new IOException(ended.isEmpty() ? e.getMessage() : ended, e);
    }
  }

  private Request request(SlotView slot, SlotSpec.Admission limits, ChatRequest request) {
    ObjectNode body = request.body().deepCopy();
    boolean bySlot = request.model().filter(model -> !model.equals(slot.name())).isEmpty();
    Optional<String> model =
        bySlot ? Optional.of(slot.modelId()).filter(id -> !id.isEmpty()) : request.model();
    model.ifPresent(id -> body.put("model", id));
    Request.Builder builder =
        new Request.Builder()
            .url("http://127.0.0.1:" + slot.port() + "/v1/chat/completions")
            .header("Accept", "application/json")
            .header("User-Agent", "hal0");
    limits
        .apiKeyEnv()
        .map(environment::get)
        .filter(key -> !key.isEmpty())
        .ifPresent(key -> builder.header("Authorization", "Bearer " + key));
    return builder.post(RequestBody.create(bytes(body), JSON)).build();
  }

  private static byte[] bytes(ObjectNode body) {
    try {
      return MAPPER.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON could not be written", e);
    }
  }

  private static String content(int status, byte[] body) throws IOException {
    if (status != 200) {
      throw new IOException("the upstream answered " + status);
    }
    JsonNode answer;
    try {
      answer = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IOException("the upstream's answer is not JSON", e);
    }
    JsonNode content = answer.path("choices").path(0).path("message").path("content");
    if (!content.isTextual()) {
      throw new IOException("the upstream's answer has no content");
    }
    return content.textValue();
  }

  /** Ends every call that is under way. */
  void cancelAll() {
    client.dispatcher().cancelAll();
  }
}
