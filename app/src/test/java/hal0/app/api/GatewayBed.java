package hal0.app.api;

import hal0.app.gateway.Gateway;
import hal0.app.gateway.GatewayLimits;
import hal0.app.gateway.worker.WorkerBridge;
import hal0.slots.SlotView;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.SystemClockwork;
import hal0.slots.worker.WorkerChannels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A gateway in front of fake slots whose upstreams are real sockets. */
final class GatewayBed implements AutoCloseable {
  static final String JSON = "Content-Type: application/json\r\n";
  static final Duration LONG = Duration.ofSeconds(300);

  final FakeSlots slots = new FakeSlots();
  final Gateway gateway;
  final ApiBed api;

  GatewayBed() throws IOException {
    this(GatewayLimits.DEFAULT, false);
  }

  GatewayBed(GatewayLimits limits, boolean requireAll) throws IOException {
    gateway =
        new Gateway(
            slots,
            new SystemClockwork(),
            limits,
            noWorkers(),
            Map.of("THE_KEY", "upstreams-own"),
            () -> "degraded");
    api = new ApiBed(slots, Limits.DEFAULT, requireAll, gateway.routes());
    gateway.endAfter(api.server.stopping());
  }

  /** A way to workers, none of which is there. */
  static WorkerBridge noWorkers() {
    SystemClockwork clock = new SystemClockwork();
    return new WorkerBridge(
        new WorkerChannels(name -> Path.of("/nonexistent", name), clock), clock);
  }

  static SlotSpec.Admission admission(Duration firstByte, Duration stall) {
    return new SlotSpec.Admission(
        0, 0, Duration.ofSeconds(30), false, LONG, firstByte, stall, Optional.empty());
  }

  static SlotSpec.Admission withKey(String variable) {
    return new SlotSpec.Admission(
        0, 0, Duration.ofSeconds(30), false, LONG, LONG, LONG, Optional.of(variable));
  }

  /** A slot that is ready. */
  GatewayBed ready(String name, String model, int port) {
    return slot(name, model, port, Provider.LLAMA_SERVER, SlotState.READY, a -> a);
  }

  GatewayBed slot(
      String name,
      String model,
      int port,
      Provider provider,
      SlotState state,
      UnaryOperator<SlotSpec.Admission> admission) {
    SlotSpec plain = FakeSlots.spec(name, port);
    SlotSpec spec =
        new SlotSpec(
            name,
            provider,
            port,
            plain.backend(),
            plain.enabled(),
            plain.pinned(),
            plain.model(),
            plain.run(),
            plain.needs(),
            plain.probe(),
            admission.apply(admission(LONG, LONG)),
            plain.idle(),
            plain.worker());
    SlotView view = FakeSlots.view(spec, state, Reason.LOADED, "as told", model);
    slots.put(view);
    return this;
  }

  ApiBed.Answer post(String path, String json, String... headers) throws Exception {
    return api.ask("POST", path, json, headers);
  }

  Raw raw() throws IOException {
    return new Raw(new Socket("127.0.0.1", api.port));
  }

  /** Waits until no request is in flight, nor on its way. */
  void awaitQuiet() throws InterruptedException {
    ApiBed.until("the gateway is quiet", () -> gateway.open() == 0);
    for (SlotView view : slots.views()) {
      ApiBed.until(
          view.name() + " has nothing in flight", () -> slots.gateOf(view.name()).inFlight() == 0);
    }
  }

  @Override
  public void close() throws Exception {
    api.close();
    gateway.close();
  }

  /** A client below HTTP. */
  static final class Raw implements AutoCloseable {
    final Socket socket;
    final InputStream in;

    Raw(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) ApiBed.PATIENCE.toMillis());
      in = socket.getInputStream();
    }

    Raw send(String text) throws IOException {
      return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Raw send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return this;
    }

    /** A POST with a JSON body. */
    Raw post(String path, String json) throws IOException {
      return send(
          "POST "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\n"
              + JSON
              + "Content-Length: "
              + json.length()
              + "\r\n\r\n"
              + json);
    }

    /** Reads until {@code end} has come. */
    String until(String end) throws IOException {
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      String text = "";
      while (!text.endsWith(end)) {
        int next = in.read();
        if (next < 0) {
          throw new AssertionError("ended before \"" + end + "\": " + text);
        }
        got.write(next);
        text = next == end.charAt(end.length() - 1) ? latin(got) : "";
      }
      return text;
    }

    /** The rest, to the connection's end. */
    String rest() throws IOException {
      ByteArrayOutputStream got = new ByteArrayOutputStream();
      try {
        in.transferTo(got);
      } catch (java.net.SocketException e) {
        got.writeBytes(new byte[0]);
      }
      return latin(got);
    }

    private static String latin(ByteArrayOutputStream bytes) {
      return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
