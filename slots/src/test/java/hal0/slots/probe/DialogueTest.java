package hal0.slots.probe;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.Provider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kind of upstream with every kind of answer: the contract's table of verdicts, spelt out.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialogueTest {
  private static final Map<Character, Verdict> VERDICTS =
      Map.of(
          'S', Verdict.SERVING,
          'N', Verdict.NO_MODEL,
          'L', Verdict.LOADING,
          'U', Verdict.UNHEALTHY,
          'R', Verdict.UNREACHABLE,
          'X', Verdict.NOT_UNDERSTOOD,
          'I', Verdict.INCONCLUSIVE);

  /** In the order of the expected letters below. */
  private static final List<List<Provider>> COLUMNS =
      List.of(
          List.of(Provider.LLAMA_SERVER, Provider.VLLM),
          List.of(Provider.FLM, Provider.OPENAI),
          List.of(Provider.KOKORO, Provider.MOONSHINE),
          List.of(Provider.WHISPER, Provider.GENERIC),
          List.of(Provider.COMFYUI));

  // Letters: llama-server and vllm (health, list; need a model) | flm and openai (list only; need
  // one) | kokoro and
  // moonshine (health in JSON, list) | whisper and generic (health, list) | comfyui (health in JSON
  // only).
  @ParameterizedTest(name = "{0} + {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          200 {"status":"ok"}                    | 200 {"data":[{"id":"m"}]}                               | SSSSS
          200                                    | 200 {"data":[{"id":"m"}]}                               | SSXSX
          200 OK                                 | 200 {"data":[{"id":"m"}]}                               | SSXSX
          200 {"status":"ok"                     | 200 {"data":[{"id":"m"}]}                               | XSXXX
          200 [1]                                | 200 {"data":[{"id":"m"}]}                               | XSXXX
          200 null                               | 200 {"data":[{"id":"m"}]}                               | SSXSX
          200 {} {}                              | 200 {"data":[{"id":"m"}]}                               | XSXXX
          200 {"model_loaded":true}              | 200 {"data":[{"id":"m"}]}                               | SSSSS
          200 {"model_loaded":true}              | 500 {}                                                  | UUSSS
          200 {"model_loaded":true}              | 200 {"data":[]}                                         | NNSSS
          200 {"model_loaded":false}             | 200 {"data":[{"id":"m"}]}                               | NSNNN
          200 {"model_loaded":"yes"}             | 200 {"data":[{"id":"m"}]}                               | XSXXX
          200 {"model_loaded":null}              | 200 {"data":[{"id":"m"}]}                               | XSXXX
          204                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          301                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          401 {"error":"no"}                     | 200 {"data":[{"id":"m"}]}                               | XSXXX
          404                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          405                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          429                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          500 {"error":{"message":"broken"}}     | 200 {"data":[{"id":"m"}]}                               | USUUU
          501                                    | 200 {"data":[{"id":"m"}]}                               | USUUU
          503 {"error":{"message":"Loading"}}    | 200 {"data":[{"id":"m"}]}                               | LSLLL
          700                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          big                                    | 200 {"data":[{"id":"m"}]}                               | XSXXX
          refused                                | refused                                                 | RRRRR
          ours                                   | ours                                                    | IIIII
          200 {}                                 | refused                                                 | RRRRS
          200 {}                                 | ours                                                    | IIIIS
          200 {}                                 | 200 {"data":[]}                                         | NNNNS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":"loaded"}}]}   | SSSSS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":"sleeping"}}]} | SSSSS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":"loading"}}]}  | NNNNS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":"unloaded"}}]} | NNNNS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":"newword"}}]}  | NNNNS
          200 {}                                 | 200 {"data":[{"id":"m","status":{"value":7}}]}          | NNNNS
          200 {}                                 | 200 {"data":[{"id":"m","status":{}}]}                   | SSSSS
          200 {}                                 | 200 {"data":[{"id":"m","status":null}]}                 | SSSSS
          200 {}                                 | 200 {"data":[{"id":"a","status":{"value":"unloaded"}},{"id":"m"}]} | SSSSS
          200 {}                                 | 200 {"data":[{"id":"m"},17]}                            | SSSSS
          200 {}                                 | 200 {"data":[17]}                                       | XXXXS
          200 {}                                 | 200 {"data":[{"name":"m"}]}                             | XXXXS
          200 {}                                 | 200 {"data":[{"id":""}]}                                | XXXXS
          200 {}                                 | 200 {"data":[{"id":"\\ud800"}]}                         | XXXXS
          200 {}                                 | 200 {"data":{"id":"m"}}                                 | XXXXS
          200 {}                                 | 200 {"data":null}                                       | XXXXS
          200 {}                                 | 200 {}                                                  | XXXXS
          200 {}                                 | 200 []                                                  | XXXXS
          200 {}                                 | 200 [{"id":"m"}]                                        | XXXXS
          200 {}                                 | 200                                                     | XXXXS
          200 {}                                 | 200 <html>hello</html>                                  | XXXXS
          200 {}                                 | 200 {"data":[{"id":"m"}                                 | XXXXS
          200 {}                                 | 200 {"data":[{"id":"m"}]} trailing                      | XXXXS
          200 {}                                 | big                                                     | XXXXS
          200 {}                                 | 204                                                     | XXXXS
          200 {}                                 | 302                                                     | XXXXS
          200 {}                                 | 401                                                     | XXXXS
          200 {}                                 | 403                                                     | XXXXS
          200 {}                                 | 404                                                     | SXSSS
          200 {}                                 | 405 <html>                                              | SXSSS
          200 {}                                 | 501                                                     | SUSSS
          200 {}                                 | 500 {"error":"broken"}                                  | UUUUS
          200 {}                                 | 502                                                     | UUUUS
          200 {}                                 | 503                                                     | LLLLS
          """)
  void everyKindOfUpstreamWithEveryAnswer(String health, String list, String expected) {
    for (int column = 0; column < COLUMNS.size(); column++) {
      for (Provider provider : COLUMNS.get(column)) {
        Verdict verdict = VERDICTS.get(expected.charAt(column));
        assertThat(hold(provider, health, list, true, "told").verdict())
            .as("%s, loading", provider)
            .isEqualTo(verdict);
        Verdict live = verdict == Verdict.LOADING ? Verdict.UNHEALTHY : verdict;
        assertThat(hold(provider, health, list, false, "told").verdict())
            .as("%s, live", provider)
            .isEqualTo(live);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"404", "405", "501"})
  void withoutAListAModelMustBeNamedWhereOneIsNeeded(String list) {
    Map<Provider, Verdict> verdicts = new EnumMap<>(Provider.class);
    for (Provider provider :
        List.of(Provider.LLAMA_SERVER, Provider.VLLM, Provider.WHISPER, Provider.GENERIC)) {
      verdicts.put(provider, hold(provider, "200 {}", list, true, "").verdict());
    }
    assertThat(verdicts)
        .containsOnly(
            Map.entry(Provider.LLAMA_SERVER, Verdict.NOT_UNDERSTOOD),
            Map.entry(Provider.VLLM, Verdict.NOT_UNDERSTOOD),
            Map.entry(Provider.WHISPER, Verdict.SERVING),
            Map.entry(Provider.GENERIC, Verdict.SERVING));
  }

  @Test
  void detailsAreForPeople() {
    assertThat(
            hold(
                    Provider.LLAMA_SERVER,
                    "503 {\"error\":{\"message\":\"Loading model\"}}",
                    "",
                    true,
                    "")
                .detail())
        .isEqualTo("503 on /health: Loading model");
    assertThat(hold(Provider.LLAMA_SERVER, "200 {}", "200 <html>\n\u001b[2J hi", true, "").detail())
        .isEqualTo(
            "/v1/models answered 200 with 14 bytes that are not the JSON expected: \"<html>"
                + " \uFFFD[2J hi\"");
    assertThat(hold(Provider.LLAMA_SERVER, "200 {}", "big", true, "").detail())
        .isEqualTo("/v1/models answered 200 with 3 MB, more than the 1 MiB that a probe reads");
    assertThat(
            hold(
                    Provider.KOKORO,
                    "200 {\"status\":\"loading\",\"model_loaded\":false}",
                    "",
                    true,
                    "")
                .detail())
        .isEqualTo("/health says that no model is loaded (status: loading)");
    String unloaded =
        """
        200 {"data":[{"id":"a","status":{"value":"loading"}},{"id":"b","status":{"value":"unloaded","failed":true}}]}\
        """;
    assertThat(hold(Provider.LLAMA_SERVER, "200 {}", unloaded, true, "").detail())
        .isEqualTo("no model is loaded: a is loading, b failed to load");
    assertThat(hold(Provider.VLLM, "200", "401", true, "").detail())
        .isEqualTo("401 on /v1/models: it wants a key ([admission] api_key_env)");
  }

  @Test
  void modelsKeepTheirOrderAndTheListHasAnEnd() {
    String list =
        "200 {\"data\":[{\"id\":\"b\"},{\"id\":\"a\"},{\"id\":\"b\"},{\"id\":\"c\",\"status\":{\"value\":\"unloaded\"}}]}";
    assertThat(hold(Provider.OPENAI, "", list, false, "").models()).containsExactly("b", "a");
    StringBuilder many = new StringBuilder("200 {\"data\":[{\"id\":\"m\"}");
    for (int i = 0; i < 2 * ModelList.LIMIT; i++) {
      many.append(",{\"id\":\"m").append(i).append("\"}");
    }
    Finding found = hold(Provider.OPENAI, "", many.append("]}").toString(), false, "");
    assertThat(found.models()).hasSize(ModelList.LIMIT);
    assertThat(found.detail()).isEqualTo("serves m, m0, m1 and 997 more");
  }

  @Test
  void nestedBodiesAreRefusedBeforeTheyHurt() {
    String deep = "[".repeat(200_000);
    assertThat(hold(Provider.OPENAI, "", "200 " + deep, false, "").verdict())
        .isEqualTo(Verdict.NOT_UNDERSTOOD);
    assertThat(hold(Provider.KOKORO, "200 {\"a\":" + deep, "", false, "").verdict())
        .isEqualTo(Verdict.NOT_UNDERSTOOD);
  }

  @Test
  void aChatNeverAsksForAModelThatNobodyNamed() {
    assertThat(posted("told", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"))
        .contains("\"model\":\"told\"");
    assertThat(posted("", "{\"data\":[{\"id\":\"a\"}]}")).contains("\"model\":\"a\"");
    assertThat(posted("", "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"))
        .contains("max_tokens")
        .doesNotContain("model");
  }

  private static String posted(String model, String list) {
    List<String> posts = new ArrayList<>();
    var spec =
        Specs.of(
            Provider.FLM,
            1,
            Specs.settings(Provider.FLM, Specs.PATIENT, true),
            Optional.empty(),
            Optional.empty());
    Dialogue.Line line =
        (path, post) -> {
          post.ifPresent(posts::add);
          return reply(
              path, post.isPresent() ? "200 {\"error\":\"no such model\"}" : "200 " + list);
        };
    Finding found = new Dialogue(new Probe.Request(spec, true, model, "", true), line).hold();
    assertThat(found.verdict()).as("an error with status 200").isEqualTo(Verdict.NOT_UNDERSTOOD);
    assertThat(posts).hasSize(1);
    return posts.getFirst();
  }

  @Test
  void wantOfOurOwnIsToldFromTheServersDoing() {
    for (String own :
        List.of(
            "Too many open files",
            "Cannot assign requested address",
            "No buffer space available")) {
      var failure = new java.net.ConnectException("Failed to connect");
      failure.initCause(new java.net.SocketException(own));
      assertThat(Silences.of(failure, "/health", 1, false).verdict())
          .as(own)
          .isEqualTo(Verdict.INCONCLUSIVE);
    }
    assertThat(
            Silences.of(new java.net.ConnectException("Connection refused"), "/health", 1, false)
                .verdict())
        .isEqualTo(Verdict.UNREACHABLE);
    assertThat(
            Silences.of(new java.net.ProtocolException("Too many open files"), "/health", 1, false)
                .verdict())
        .as("said by the server")
        .isEqualTo(Verdict.NOT_UNDERSTOOD);
  }

  @Test
  void nothingToAskIsNoEvidence() {
    Probe.Request request = new Probe.Request(Specs.of(Provider.WORKER, 1), true, "", "", true);
    Finding found = new Dialogue(request, (path, post) -> reply(path, "200 {}")).hold();
    assertThat(found.verdict()).isEqualTo(Verdict.NOT_UNDERSTOOD);
  }

  private static Finding hold(
      Provider provider, String health, String list, boolean loading, String model) {
    var spec =
        Specs.of(
            provider,
            8101,
            Specs.settings(provider, Specs.PATIENT, false),
            Optional.of(model).filter(id -> !id.isEmpty()),
            Optional.empty());
    Probe.Request request = new Probe.Request(spec, loading, model, "", true);
    return new Dialogue(
            request, (path, post) -> reply(path, path.equals("/v1/models") ? list : health))
        .hold();
  }

  private static Answer reply(String path, String text) {
    return switch (text) {
      case "refused" -> new Answer.Silence(Finding.of(Verdict.UNREACHABLE, "refused"));
      case "ours" -> new Answer.Silence(Finding.of(Verdict.INCONCLUSIVE, "ours"));
      case "big" -> new Answer.Reply(path, 200, new byte[0], 3_000_000);
      default -> {
        int status = Integer.parseInt(text.substring(0, 3));
        byte[] body = text.substring(3).strip().getBytes(StandardCharsets.UTF_8);
        yield new Answer.Reply(path, status, body, body.length);
      }
    };
  }
}
