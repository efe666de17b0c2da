package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.app.auth.Guard;
import hal0.app.auth.Token;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who may do what, over real HTTP. */
class AuthTest {
  private static final List<Route> GUARDED =
      List.of(
          Route.guarded(
              "POST",
              "/api/define",
              exchange -> exchange.json(200, json -> json.writeString("done"))));

  private ApiBed bed(boolean requireAll) throws IOException {
    return new ApiBed(new FakeSlots().with("chat", 8101), Limits.DEFAULT, requireAll, GUARDED);
  }

  @Test
  void onLoopbackOnlyWhatDecidesWhatIsExecutedNeedsTheToken() throws Exception {
    try (ApiBed bed = bed(false)) {
      assertThat(bed.get("/api/slots").status()).isEqualTo(200);
      assertThat(bed.post("/api/slots/chat/load", "{}").status()).isEqualTo(200);
      // Clients of the OpenAI API always send some key.
      assertThat(bed.ask("GET", "/api/slots", null, "Authorization", "Bearer sk-none").status())
          .isEqualTo(200);
      needsToken(bed, "POST", "/api/define");
    }
  }

  @Test
  void everythingNeedsItWhereTheFileSaysSo() throws Exception {
    try (ApiBed bed = bed(true)) {
      for (String path :
          List.of("/api/slots", "/api/slots/chat", "/api/slots/stream", "/healthz", "/readyz")) {
        needsToken(bed, "GET", path);
      }
      needsToken(bed, "POST", "/api/slots/chat/load");
      assertThat(bed.get("/nothing").status()).isEqualTo(401);
    }
  }

  private static void needsToken(ApiBed bed, String method, String path) throws Exception {
    String body = method.equals("POST") ? "{}" : null;
    ApiBed.Answer without = bed.ask(method, path, body);
    assertThat(without.status() + " " + without.code()).as(path).isEqualTo("401 auth.required");
    assertThat(without.header("WWW-Authenticate")).startsWith("Bearer");
    assertThat(without.text()).doesNotContain(ApiBed.TOKEN);
    for (String wrong :
        List.of(
            "Bearer wrong",
            "Bearer ",
            "Bearer",
            ApiBed.TOKEN,
            "Basic " + ApiBed.TOKEN,
            "Bearer " + ApiBed.TOKEN + "x",
            "Bearer " + ApiBed.TOKEN.substring(1))) {
      assertThat(bed.ask(method, path, body, "Authorization", wrong).status())
          .as(wrong)
          .isEqualTo(401);
    }
    if (!path.endsWith("stream")) {
      for (String right : List.of("Bearer " + ApiBed.TOKEN, "bearer  " + ApiBed.TOKEN)) {
        assertThat(bed.ask(method, path, body, "Authorization", right).status())
            .as(path)
            .isEqualTo(200);
      }
    }
  }

  @Test
  void onAnotherAddressEverythingNeedsTheToken() throws Exception {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);
    Guard guard = new Guard(new Token(ApiBed.TOKEN), anywhere, false, "thishost", List.of());
    FakeSlots slots = new FakeSlots().with("chat", 8101);
    Routes routes = new Routes(new SlotRoutes(slots).routes());
    try (ApiServer server =
        new ApiServer(
            anywhere, Optional.empty(), guard, routes, Limits.DEFAULT, new SystemClockwork())) {
      server.start();
      var uri =
          java.net.URI.create("http://127.0.0.1:" + server.address().getPort() + "/api/slots");
      try (var client = java.net.http.HttpClient.newHttpClient()) {
        var without = java.net.http.HttpRequest.newBuilder(uri).build();
        var with =
            java.net.http.HttpRequest.newBuilder(uri)
                .header("Authorization", "Bearer " + ApiBed.TOKEN)
                .build();
        var text = java.net.http.HttpResponse.BodyHandlers.ofString();
        assertThat(client.send(without, text).statusCode()).isEqualTo(401);
        assertThat(client.send(with, text).statusCode()).isEqualTo(200);
      }
    }
  }

  private static String get(ApiBed bed, String... headers) throws IOException {
    String lines =
        String.join("", java.util.Arrays.stream(headers).map(header -> header + "\r\n").toList());
    return bed.raw("GET /api/slots HTTP/1.1\r\n" + lines + "Connection: close\r\n\r\n");
  }

  @Test
  void onlyExpectedHosts() throws Exception {
    try (ApiBed bed = bed(false)) {
      for (String host :
          List.of(
              "localhost",
              "LocalHost:" + bed.port,
              "127.0.0.1",
              "127.0.0.1:1",
              "[::1]:8080",
              "[0:0:0:0:0:0:0:1]",
              "thishost",
              "ThisHost:8080",
              "box.example")) {
        assertThat(get(bed, "Host: " + host)).as(host).startsWith("HTTP/1.1 200");
      }
      for (String host :
          List.of(
              "evil.example",
              "evil.example:" + bed.port,
              "localhost.evil.example",
              "127.0.0.2",
              "127.0.0.1.nip.io",
              "10.0.0.1",
              "xbox.example",
              "[::2]")) {
        assertThat(get(bed, "Host: " + host))
            .as(host)
            .startsWith("HTTP/1.1 403")
            .contains("auth.forbidden");
      }
      assertThat(bed.raw("GET /api/slots HTTP/1.0\r\n\r\n"))
          .startsWith("HTTP/1.1 403")
          .contains("auth.forbidden");
      for (String host : List.of("localhost:99999", "localhost:x", "a b", "")) {
        assertThat(get(bed, "Host: " + host))
            .as(host)
            .containsPattern("^HTTP/1.1 40[03]")
            .contains("\"error\"");
      }
    }
  }

  @Test
  void onlyOurOwnPages() throws Exception {
    try (ApiBed bed = bed(false)) {
      String host = "Host: 127.0.0.1:" + bed.port;
      for (String origin :
          List.of("http://127.0.0.1:" + bed.port, "http://localhost:" + bed.port)) {
        assertThat(get(bed, host, "Origin: " + origin)).as(origin).startsWith("HTTP/1.1 200");
      }
      assertThat(get(bed, "Host: box.example", "Origin: https://box.example"))
          .startsWith("HTTP/1.1 200");
      for (String origin :
          List.of(
              "null",
              "http://evil.example",
              "http://127.0.0.1:1",
              "http://localhost",
              "file://",
              "chrome-extension://abc",
              "http://127.0.0.1:" + bed.port + ".evil.example",
              "http://evil.example:" + bed.port,
              "ftp://127.0.0.1:" + bed.port)) {
        assertThat(get(bed, host, "Origin: " + origin))
            .as(origin)
            .startsWith("HTTP/1.1 403")
            .contains("auth.forbidden");
      }
    }
  }
}
