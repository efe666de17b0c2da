package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that are wrong, huge, slow or meant to harm: each gets an error in our shape and changes
 * nothing.
 */
class HostileTest {
  private static final Limits QUICK =
      new Limits(
          1 << 20, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(15), 10, 100);

  private FakeSlots slots;
  private ApiBed bed;

  @BeforeEach
  void start() throws IOException {
    slots = new FakeSlots().with("chat", 8101);
    Route broken =
        Route.open(
            "GET",
            "/broken",
            exchange -> {
              throw new IllegalStateException("a secret of the inside");
            });
    bed = new ApiBed(slots, QUICK, false, List.of(broken));
  }

  @AfterEach
  void stop() {
    bed.close();
  }

  private void refused(ApiBed.Answer answer, int status, String code) throws IOException {
    assertThat(answer.status() + " " + answer.code())
        .as(answer.text())
        .isEqualTo(status + " " + code);
    assertThat(answer.json().path("error").path("message").asText()).isNotBlank();
    assertThat(answer.json().path("error").path("details").isObject()).isTrue();
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(slots.commands).isEmpty();
  }

  @Test
  void bodiesThatAreWrong() throws Exception {
    Map<String, String> bodies = new LinkedHashMap<>();
    bodies.put("{", "request.invalid_json");
    bodies.put("not json", "request.invalid_json");
    bodies.put("{} {}", "request.invalid_json");
    bodies.put("   ", "request.invalid_json");
    bodies.put("{\"model_id\": \"a\", \"model_id\": \"b\"}", "request.invalid_json");
    bodies.put("{\"model_id\": \"\\ud800\"}", "request.invalid_json");
    bodies.put("{\"model_id\": 1e999999}", "request.invalid_json");
    bodies.put("{\"a\":".repeat(5000), "request.invalid_json");
    bodies.put("[".repeat(100_000), "request.invalid_json");
    bodies.put("1".repeat(10_000), "request.invalid_json");
    bodies.put("{'model_id': 'a'}", "request.invalid_json");
    bodies.put("{\"model_id\": NaN}", "request.invalid_json");
    bodies.put("[]", "request.not_an_object");
    bodies.put("[{}]", "request.not_an_object");
    bodies.put("null", "request.not_an_object");
    bodies.put("\"x\"", "request.not_an_object");
    bodies.put("3", "request.not_an_object");
    bodies.put("true", "request.not_an_object");
    bodies.put("{\"model_id\": 3}", "slot.config_error");
    bodies.put("{\"model_id\": {}}", "slot.config_error");
    bodies.put("{\"model_id\": \"a\\nb\"}", "slot.config_error");
    bodies.put("{\"model_id\": \"" + "x".repeat(5000) + "\"}", "slot.config_error");
    bodies.put("{\"modelid\": \"a\"}", "slot.config_error");
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      refused(bed.post("/api/slots/chat/load", body.getKey()), 400, body.getValue());
    }
  }

  @Test
  void aWrongBodyIsToldWithItsPlace() throws Exception {
    ApiBed.Answer answer = bed.post("/api/slots/chat/load", "{\n  \"model_id\": oops\n}");

    assertThat(answer.json().path("error").path("details").path("line").asInt()).isEqualTo(2);
    assertThat(answer.json().path("error").path("message").asText()).contains("line 2");
    ApiBed.Answer key = bed.post("/api/slots/chat/load", "{\"modelid\": 1, \"x\": 2}");
    assertThat(key.json().path("error").path("details").path("problems"))
        .extracting(problem -> problem.get("key").asText())
        .containsExactly("modelid", "x");
    ApiBed.Answer none = bed.post("/api/slots/chat/swap", "{}");
    assertThat(
            none.json().path("error").path("details").path("problems").get(0).get("key").asText())
        .isEqualTo("model_id");
  }

  @Test
  void bytesThatAreNotUtf8() throws Exception {
    String head = "POST /api/slots/chat/load HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    String answer =
        bed.raw(head + "Content-Type: application/json\r\nContent-Length: 5\r\n\r\n{\"\u00ff\":");

    assertThat(answer).startsWith("HTTP/1.1 400").contains("request.invalid_json");
  }

  @Test
  void bodiesThatAreTooLong() throws Exception {
    String exact = "{\"model_id\": \"\"}" + " ".repeat((1 << 20) - 16);
    assertThat(exact).hasSize(1 << 20);
    refused(bed.post("/api/slots/chat/load", exact + " "), 413, "request.too_large");
    refused(bed.post("/api/slots/chat/load", "x".repeat(5 << 20)), 413, "request.too_large");
    refused(chunked("x".repeat(3 << 20)), 413, "request.too_large");
    assertThat(bed.post("/api/slots/chat/load", exact).status()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsAnnouncedAsEndless() throws Exception {
    String answer =
        bed.raw(
            "POST /api/slots/chat/load HTTP/1.1\r\n"
                + "Host: localhost\r\n"
                + "Content-Type: application/json\r\n"
                + "Content-Length: 99999999999\r\n\r\n"
                + "{");

    assertThat(answer)
        .startsWith("HTTP/1.1 413")
        .contains("request.too_large")
        .contains("Connection: close");
  }

  private ApiBed.Answer chunked(String body) throws IOException, InterruptedException {
    var publisher = java.net.http.HttpRequest.BodyPublishers.ofInputStream(() -> stream(body));
    var request =
        java.net.http.HttpRequest.newBuilder(bed.uri("/api/slots/chat/load"))
            .header("Content-Type", "application/json")
            .timeout(ApiBed.PATIENCE)
            .POST(publisher)
            .build();
    try (var client = java.net.http.HttpClient.newHttpClient()) {
      var response = client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
      return new ApiBed.Answer(response.statusCode(), response.body(), response);
    }
  }

  private static java.io.InputStream stream(String body) {
    return new java.io.ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void mediaTypes() throws Exception {
    for (String type :
        List.of("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "a")) {
      refused(
          bed.ask("POST", "/api/slots/chat/load", "{}", "Content-Type", type),
          415,
          "request.unsupported_media");
    }
    refused(
        bed.ask("POST", "/api/slots/chat/load", "{}", "Content-Encoding", "gzip"),
        415,
        "request.unsupported_media");
    String untyped =
        "POST /api/slots/chat/load HTTP/1.0\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    assertThat(bed.raw(untyped)).startsWith("HTTP/1.1 415");
    for (String type :
        List.of("application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\"")) {
      assertThat(bed.ask("POST", "/api/slots/chat/load", "{}", "Content-Type", type).status())
          .isEqualTo(200);
    }
  }

  @Test
  void absentBodiesAreEmptyOnes() throws Exception {
    String head = "POST /api/slots/chat/load HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    for (String rest :
        List.of(
            "\r\n",
            "Content-Length: 0\r\n\r\n",
            "Content-Type: text/plain\r\nContent-Length: 0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
      assertThat(bed.raw(head + rest)).as(rest).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void aBodyThatDripsIsCutOff() throws Exception {
    try (Socket socket = bed.socket()) {
      String head =
          "POST /api/slots/chat/load HTTP/1.1\r\n"
              + "Host: localhost\r\n"
              + "Content-Type: application/json\r\n"
              + "Content-Length: 100\r\n\r\n"
              + "{";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 408").contains("request.timeout");
      assertThat(slots.commands).isEmpty();
    }
  }

  @Test
  void namesThatNoSlotCanHave() throws Exception {
    for (String name :
        List.of(
            "..%2F..%2Fetc%2Fpasswd",
            "%2e%2e", "Chat", "-x", "%C3%A4", "x".repeat(33), "a;b", "a%20b")) {
      refused(bed.post("/api/slots/" + name + "/load", "{}"), 404, "slot.not_found");
      refused(bed.get("/api/slots/" + name), 404, "slot.not_found");
    }
    refused(bed.post("/api/slots/" + "x".repeat(7000) + "/load", "{}"), 404, "slot.not_found");
    refused(bed.get("/api/slots/nobody/state"), 404, "slot.not_found");
    refused(bed.get("/api/slots/events"), 404, "slot.not_found");
  }

  @Test
  void pathsThatAreNot() throws Exception {
    for (String path :
        List.of(
            "/api", "/api/slots/", "/api/slots/chat/", "/nothing", "//api/slots", "/api/./slots")) {
      String answer =
          bed.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(answer)
          .as(path)
          .containsAnyOf("request.not_found", "slot.not_found")
          .startsWith("HTTP/1.1 404");
    }
    for (String path :
        List.of(
            "/api/slots/%",
            "/api/slots/a%00b", "/api/slots/%zz", "/api/slots/%ff%fe", "/api/slots?x=%f")) {
      String answer =
          bed.raw("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      assertThat(answer).as(path).startsWith("HTTP/1.1 400").contains("request.malformed");
    }
  }

  @Test
  void methodsThatAreNot() throws Exception {
    ApiBed.Answer answer = bed.ask("DELETE", "/api/slots/chat/load", null);
    refused(answer, 405, "request.method_not_allowed");
    assertThat(answer.header("Allow")).isEqualTo("POST");
    refused(bed.ask("POST", "/api/slots/stream", "{}"), 405, "request.method_not_allowed");
    assertThat(bed.ask("PATCH", "/api/slots", "{}").header("Allow")).contains("GET, HEAD");
    ApiBed.Answer head = bed.ask("HEAD", "/api/slots", null);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.text()).isEmpty();
    assertThat(head.header("Content-Length"))
        .isEqualTo(bed.get("/api/slots").header("Content-Length"));
  }

  @Test
  void whatIsNoHttp() throws Exception {
    Map<String, String> requests = new LinkedHashMap<>();
    requests.put("nonsense\r\n\r\n", "400 request.malformed");
    requests.put("GET /api/slots HTTP/9.9\r\nHost: localhost\r\n\r\n", "505 request.http_version");
    requests.put("GET /api/slots HTTP/1.1\r\n\r\n", "400 request.malformed");
    requests.put(
        "GET /api/slots HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        "400 request.malformed");
    requests.put("GET /api/slots HTTP/1.1\r\nHost localhost\r\n\r\n", "400 request.malformed");
    requests.put(
        "GET /" + "x".repeat(40_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "414 request.uri_too_long");
    requests.put(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(40_000) + "\r\n\r\n",
        "431 request.headers_too_large");
    requests.put(
        "POST /api/slots/chat/load HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Length: 2\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "\r\n"
            + "0\r\n\r\n",
        "400 request.malformed");
    requests.put(
        "POST /api/slots/chat/load HTTP/1.1\r\nHost: localhost\r\nContent-Length: -2\r\n\r\n",
        "400 request.malformed");
    requests.put(
        "GET http://evil.example/api/slots HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "400 request.malformed");
    for (Map.Entry<String, String> request : requests.entrySet()) {
      String answer = bed.raw(request.getKey());
      String expected = request.getValue();
      String shown = request.getKey().substring(0, Math.min(80, request.getKey().length()));
      assertThat(answer).as(shown).startsWith("HTTP/1.1 " + expected.substring(0, 3));
      assertThat(answer)
          .as(shown)
          .contains("{\"error\":{\"code\":\"" + expected.substring(4) + "\"");
    }
    assertThat(slots.commands).isEmpty();
  }

  @Test
  void aBrokenChunkIsNoBody() throws Exception {
    String head =
        "POST /api/slots/chat/load HTTP/1.1\r\n"
            + "Host: localhost\r\n"
            + "Content-Type: application/json\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n";

    bed.raw(head + "zz\r\n{}\r\n0\r\n\r\n");

    assertThat(slots.commands).isEmpty();
    assertThat(bed.get("/healthz").status()).isEqualTo(200);
  }

  @Test
  void anErrorOfOurOwnTellsNothingOfTheInside() throws Exception {
    ApiBed.Answer answer = bed.get("/broken");

    refused(answer, 500, "internal.error");
    assertThat(answer.text()).doesNotContain("secret").doesNotContain("IllegalState");
  }

  @Test
  void aStrangeWait() throws Exception {
    refused(bed.post("/api/slots/chat/load?wait=maybe", "{}"), 400, "slot.config_error");
  }
}
