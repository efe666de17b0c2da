package hal0.tests.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.tests.bed.SlotText;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests that are wrong, foreign or too big are refused in the envelope, and nothing comes of
 * them.
 */
final class HostileHttpTest extends E2e {
  private static final String JSON = "Content-Type: application/json\r\n";

  @BeforeAll
  static void slot() {
    hal0.addSlot("victim", SlotText.llama());
  }

  @AfterEach
  void stillWell() {
    assertThat(hal0.get("/healthz").status()).isEqualTo(200);
    assertThat(state(hal0.slot("victim"))).isEqualTo("offline");
  }

  private static String host() {
    return "Host: 127.0.0.1:" + hal0.port() + "\r\n";
  }

  private static String send(String line, String headers, String body) {
    return RawHttp.send(hal0.port(), RawHttp.request(line, headers, body));
  }

  @Test
  void foreignHostsAndOriginsAreForbidden() {
    String load = "POST /api/slots/victim/load";
    for (String headers :
        List.of(
            "Host: evil.example\r\n" + JSON,
            "Host: 127.0.0.1.evil.example:" + hal0.port() + "\r\n" + JSON,
            host() + JSON + "Origin: http://evil.example\r\n",
            host() + JSON + "Origin: null\r\n")) {
      String answer = send(load, headers, "{}");
      assertThat(RawHttp.status(answer)).as(headers).isEqualTo(403);
      assertThat(answer).contains("auth.forbidden");
    }
    assertThat(RawHttp.status(send("GET /api/slots", "Host: evil.example\r\n", ""))).isEqualTo(403);
    for (String host : List.of("localhost", "127.0.0.1", "[::1]")) {
      assertThat(
              RawHttp.status(
                  send("GET /api/slots", "Host: " + host + ":" + hal0.port() + "\r\n", "")))
          .as(host)
          .isEqualTo(200);
    }
  }

  @Test
  void bodiesMustBeJsonObjectsOfAModestSize() {
    String path = "/api/slots/victim/load";
    for (String type :
        List.of(
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")) {
      hal0.send("POST", path, "{}", "Content-Type", type).error(415, "request.unsupported_media");
    }
    for (String body : List.of("{", "{\"model_id\":", "\u0000", "{} {}", "{\"a\":1,}")) {
      hal0.post(path, body).error(400, "request.invalid_json");
    }
    for (String body : List.of("[]", "\"x\"", "null", "7")) {
      hal0.post(path, body).error(400, "request.not_an_object");
    }
    String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThat(hal0.post(path, deep).status()).isIn(400, 413);
    // A reset before the whole body is read is an answer too.
    String big =
        send("POST " + path, host() + JSON, "{\"model_id\":\"" + "x".repeat(20 << 20) + "\"}");
    assertThat(RawHttp.status(big)).isIn(0, 413);
    assertThat(hal0.post(path, "{\"model_id\": 7}").with(400).at("/error/code").asText())
        .isNotEmpty();
  }

  @Test
  void whatIsNotThereIsNotThere() {
    hal0.get("/api/nothing").error(404, "request.not_found");
    hal0.get("/api/slots/nobody").error(404, "slot.not_found");
    hal0.post("/api/slots/nobody/load", "{}").error(404, "slot.not_found");
    hal0.send("PATCH", "/api/slots", "{}").error(405, "request.method_not_allowed");
    for (String name :
        List.of("..", "%2e%2e", "..%2f..%2fetc", "a%00b", "A", "%0d%0aX:y", "x".repeat(33))) {
      String answer = send("GET /api/slots/" + name, host(), "");
      assertThat(RawHttp.status(answer)).as(name).isBetween(400, 499);
      assertThat(answer).as(name).doesNotContain("\r\nX:y");
    }
    for (String rubbish :
        List.of(
            "GET\r\n\r\n",
            "GET / HTTP/9.9\r\n\r\n",
            "\u0000\u0001\u0002\r\n\r\n",
            "GET / HTTP/1.1\r\n" + host() + "X: " + "y".repeat(1 << 20) + "\r\n\r\n",
            "POST /api/slots/victim/load HTTP/1.1\r\n"
                + host()
                + JSON
                + "Content-Length: -5\r\n\r\n{}",
            "POST /api/slots/victim/load HTTP/1.1\r\n"
                + host()
                + JSON
                + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
      String answer = RawHttp.send(hal0.port(), rubbish);
      assertThat(RawHttp.status(answer))
          .as(rubbish.substring(0, 5))
          .isNotEqualTo(200)
          .isNotEqualTo(202);
    }
  }
}
