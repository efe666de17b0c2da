package hal0.slots.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.slots.listener.PortOwner;
import hal0.slots.spec.Provider;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What is asked, of whom, how often, and that one slow server is nobody else's trouble. */
class HttpProbeTest {
  private static final String SERVED =
      "{\"object\":\"list\",\"data\":[{\"id\":\"qwen3\",\"object\":\"model\"}]}";
  private static final String OK = RawServer.response("200 OK", "{\"status\":\"ok\"}");

  private final HttpProbe probe =
      new HttpProbe(new SystemClockwork(), PortOwner.UNASKED, Map.of("KEY", "s3cret")::get);

  @Test
  void healthIsAskedFirstAndThenTheList() throws Exception {
    try (RawServer server =
        RawServer.answering(
            Map.of("/health", OK, "/v1/models", RawServer.response("200 OK", SERVED)))) {
      ProbeResult result = ask(Specs.of(Provider.LLAMA_SERVER, server.port()), false, "qwen3");
      assertThat(result.verdict()).isEqualTo(Verdict.SERVING);
      assertThat(result.models()).containsExactly("qwen3");
      assertThat(result.took()).isPositive();
      assertThat(server.requests()).hasSize(2);
      assertThat(server.requests().get(0))
          .startsWith("GET /health HTTP/1.1\r\n")
          .doesNotContain("Authorization");
      assertThat(server.requests().get(1)).startsWith("GET /v1/models HTTP/1.1\r\n");
    }
  }

  @Test
  void theUpstreamsKeyGoesWithEveryRequest() throws Exception {
    try (RawServer server =
        RawServer.answering(
            Map.of("/health", OK, "/v1/models", RawServer.response("200 OK", SERVED)))) {
      SlotSpec spec =
          Specs.of(
              Provider.LLAMA_SERVER,
              server.port(),
              Specs.settings(Provider.LLAMA_SERVER, Specs.PATIENT, false),
              Optional.empty(),
              Optional.of("KEY"));
      assertThat(ask(spec, false, "").verdict()).isEqualTo(Verdict.SERVING);
      assertThat(server.requests())
          .hasSize(2)
          .allMatch(r -> r.contains("\r\nAuthorization: Bearer s3cret\r\n"));
    }
  }

  @Test
  void aKeyThatNoHeaderCanCarrySaysNothingAboutTheServer() throws Exception {
    HttpProbe odd = new HttpProbe(new SystemClockwork(), PortOwner.UNASKED, name -> "ke\u00e9\ny");
    try (RawServer server = RawServer.answering(Map.of("/health", OK))) {
      SlotSpec spec =
          Specs.of(
              Provider.GENERIC,
              server.port(),
              Specs.settings(Provider.GENERIC, Specs.PATIENT, false),
              Optional.empty(),
              Optional.of("KEY"));
      ProbeResult result = get(odd.probe(new Probe.Request(spec, false, "", "", false)));
      assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(result.detail()).doesNotContain("ke\u00e9");
      assertThat(server.connections()).isZero();
    }
  }

  @Test
  void aChatIsTriedOnlyWhereItIsWantedAndOnlyAtFirst() throws Exception {
    String completed = RawServer.response("200 OK", "{\"choices\":[{\"index\":0}]}");
    try (RawServer server =
        RawServer.answering(
            Map.of(
                "/v1/models",
                RawServer.response("200 OK", SERVED),
                "/v1/chat/completions",
                completed))) {
      for (Provider provider : List.of(Provider.OPENAI, Provider.FLM)) {
        SlotSpec.ProbeSettings settings = Specs.settings(provider, Specs.PATIENT, true);
        SlotSpec spec =
            Specs.of(provider, server.port(), settings, Optional.empty(), Optional.empty());
        int before = server.requests().size();
        assertThat(ask(spec, false, "").verdict()).isEqualTo(Verdict.SERVING);
        assertThat(server.requests()).hasSize(before + 1);
        assertThat(ask(spec, true, "").verdict()).isEqualTo(Verdict.SERVING);
        assertThat(server.requests()).hasSize(before + 3);
        assertThat(server.requests().getLast())
            .startsWith("POST /v1/chat/completions ")
            .contains("\"model\":\"qwen3\"")
            .contains("\"max_tokens\":1");
      }
    }
  }

  @Test
  void aServerThatListsAndCannotCompleteIsNotServing() throws Exception {
    try (RawServer server =
        RawServer.answering(
            Map.of(
                "/v1/models",
                RawServer.response("200 OK", SERVED),
                "/v1/chat/completions",
                RawServer.response("500 Oops", "{\"error\":{\"message\":\"no npu\"}}")))) {
      SlotSpec.ProbeSettings settings = Specs.settings(Provider.FLM, Specs.PATIENT, true);
      SlotSpec spec =
          Specs.of(Provider.FLM, server.port(), settings, Optional.empty(), Optional.empty());
      ProbeResult result = ask(spec, true, "qwen3");
      assertThat(result.verdict()).isEqualTo(Verdict.UNHEALTHY);
      assertThat(result.detail()).isEqualTo("500 on /v1/chat/completions: no npu");
    }
  }

  @Test
  void noProxyIsEverAsked() throws Exception {
    ProxySelector before = ProxySelector.getDefault();
    List<URI> asked = new ArrayList<>();
    try (RawServer server = RawServer.answering(Map.of("/health", OK))) {
      ProxySelector.setDefault(
          new ProxySelector() {
            @Override
            public List<Proxy> select(URI uri) {
              asked.add(uri);
              return List.of(new Proxy(Proxy.Type.SOCKS, new InetSocketAddress("127.0.0.1", 1)));
            }

            @Override
            public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
          });
      assertThat(ask(Specs.of(Provider.WHISPER, server.port()), false, "").verdict())
          .isEqualTo(Verdict.SERVING);
      assertThat(asked).isEmpty();
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  @Test
  void aPathThatLooksLikeAnotherHostStaysHere() throws Exception {
    try (RawServer server = RawServer.answering(Map.of("/@example.com/x", OK))) {
      SlotSpec.ProbeSettings settings =
          new SlotSpec.ProbeSettings(
              Specs.PATIENT,
              Specs.PATIENT,
              Specs.PATIENT,
              3,
              Specs.PATIENT,
              "@example.com/x",
              "",
              false,
              false);
      SlotSpec spec =
          Specs.of(Provider.GENERIC, server.port(), settings, Optional.empty(), Optional.empty());
      assertThat(ask(spec, false, "").verdict()).isEqualTo(Verdict.SERVING);
    }
  }

  @Test
  void aRefusedConnectionIsUnreachable() throws Exception {
    // Bound and not listening: refused, and nobody else can take the port meanwhile.
    try (Socket bound = new Socket()) {
      bound.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      ProbeResult result = ask(Specs.of(Provider.LLAMA_SERVER, bound.getLocalPort()), false, "");
      assertThat(result.verdict()).isEqualTo(Verdict.UNREACHABLE);
      assertThat(result.detail())
          .isEqualTo("connection refused on 127.0.0.1:" + bound.getLocalPort());
    }
  }

  @Test
  void aSocketThatMeetsItselfIsRefused() throws Exception {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (Socket socket = new LoopbackSockets().createSocket()) {
      socket.bind(new InetSocketAddress(loopback, 0));
      SocketAddress itself = socket.getLocalSocketAddress();
      assertThatThrownBy(() -> socket.connect(itself))
          .isInstanceOf(ConnectException.class)
          .hasMessageContaining("met itself");
    }
  }

  @Test
  void noOtherMachineIsEverCalled() throws Exception {
    try (Socket socket = new LoopbackSockets().createSocket()) {
      SocketAddress elsewhere =
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 80);
      assertThatThrownBy(() -> socket.connect(elsewhere))
          .hasMessageContaining("not an address of this machine");
    }
  }

  @Test
  void aHungServerIsUnreachableInTimeAndItsConnectionIsClosed() throws Exception {
    try (RawServer server = new RawServer((request, out, socket) -> RawServer.awaitEnd(socket))) {
      ProbeResult result = askUntilSure(Specs.of(Provider.VLLM, server.port(), Specs.SHORT));
      assertThat(result.verdict()).isEqualTo(Verdict.UNREACHABLE);
      assertThat(result.detail()).isEqualTo("no answer on /health within 2 s");
      await(() -> server.open() == 0);
    }
  }

  @Test
  void cancellingEndsTheRequest() throws Exception {
    try (RawServer server = new RawServer((request, out, socket) -> RawServer.awaitEnd(socket))) {
      CompletableFuture<ProbeResult> asking =
          probe.probe(
              new Probe.Request(Specs.of(Provider.VLLM, server.port()), true, "", "", true));
      await(() -> server.requests().size() == 1);
      assertThat(asking).isNotDone();
      asking.cancel(true);
      assertThat(get(asking).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      await(() -> server.open() == 0);
    }
  }

  @Test
  void manyHungServersDelayNobody() throws Exception {
    try (RawServer hung = new RawServer((request, out, socket) -> RawServer.awaitEnd(socket));
        RawServer well = RawServer.answering(Map.of("/health", OK))) {
      List<CompletableFuture<ProbeResult>> waiting = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        waiting.add(
            probe.probe(
                new Probe.Request(Specs.of(Provider.VLLM, hung.port()), false, "", "", false)));
      }
      await(() -> hung.requests().size() == 200);
      assertThat(ask(Specs.of(Provider.WHISPER, well.port()), false, "").verdict())
          .isEqualTo(Verdict.SERVING);
      assertThat(waiting).noneMatch(CompletableFuture::isDone);
      waiting.forEach(asking -> asking.cancel(true));
      await(() -> hung.open() == 0);
    }
  }

  @Test
  void ourOwnWantOfThreadsSaysNothingAboutTheServer() throws Exception {
    Clockwork poor = new Poor(new SystemClockwork());
    ProbeResult result =
        get(
            new HttpProbe(poor, PortOwner.UNASKED)
                .probe(new Probe.Request(Specs.of(Provider.VLLM, 1), false, "", "", false)));
    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result.detail()).contains("could not be started");
  }

  @Test
  void aRehearsalGoesToItsEnd() {
    probe.warmUp();
    assertThat(Rehearsal.run().models()).containsExactly("none");
  }

  @Test
  void aSlotWithoutAPortIsNotAsked() throws Exception {
    assertThat(ask(Specs.of(Provider.WORKER, 0), false, "").verdict())
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  private ProbeResult ask(SlotSpec spec, boolean first, String modelId) throws Exception {
    return get(probe.probe(new Probe.Request(spec, false, modelId, "", first)));
  }

  /**
   * A machine that stands still for seconds makes a probe inconclusive, as it should: ask again
   * then.
   */
  private ProbeResult askUntilSure(SlotSpec spec) throws Exception {
    ProbeResult result = ask(spec, false, "");
    for (int i = 0; i < 20 && result.verdict() == Verdict.INCONCLUSIVE; i++) {
      result = ask(spec, false, "");
    }
    return result;
  }

  private static ProbeResult get(CompletableFuture<ProbeResult> future) throws Exception {
    return future.get(120, TimeUnit.SECONDS);
  }

  private static void await(java.util.function.BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited a minute").isLessThan(end);
      Thread.sleep(5);
    }
  }

  /** A clock that has no threads to give. */
  private record Poor(Clockwork clock) implements Clockwork {
    @Override
    public Instant now() {
      return clock.now();
    }

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      return clock.schedule(delay, task);
    }

    @Override
    public void execute(Runnable task) {
      throw new RejectedExecutionException("no thread");
    }

    @Override
    public RandomGenerator random() {
      return clock.random();
    }
  }
}
