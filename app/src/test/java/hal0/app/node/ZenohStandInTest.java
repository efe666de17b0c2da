package hal0.app.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** The node on a stand-in's bus, which can also misbehave. */
class ZenohStandInTest extends ZenohContract {
  @Override
  Router router() throws Exception {
    return new RouterStandIn();
  }

  @Test
  void aPutThatIsNotAcceptedIsAFailureAndLoggedOnce() throws Exception {
    List<String> logged = java.util.Collections.synchronizedList(new ArrayList<>());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            logged.add(
                line.getLevel()
                    + " "
                    + java.text.MessageFormat.format(line.getMessage(), params(line)));
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    Logger logger = Logger.getLogger(BusLink.class.getName());
    logger.addHandler(handler);
    try {
      RouterStandIn standIn = (RouterStandIn) router;
      for (int status : List.of(500, 204)) {
        String told = "PUT local/llm/status was answered with " + status;
        standIn.answerPutsWith(status);
        until(told, () -> board.look().bus().detail().equals(router.url() + ": " + told));
        int refused = standIn.refused();
        until("tried again", () -> standIn.refused() >= refused + 2);
        standIn.answerPutsWith(200);
        awaitBus(true);
        assertThat(logged.stream().filter(line -> line.contains(told))).hasSize(1);
      }
    } finally {
      logger.removeHandler(handler);
    }
  }

  private static void until(String what, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!holds.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not happen: " + what);
      }
      Thread.sleep(10);
    }
  }

  private static Object[] params(LogRecord line) {
    return line.getParameters() == null ? new Object[0] : line.getParameters();
  }

  @Test
  void anAnswerIsKeptForARouterThatComesBack() throws Exception {
    RouterStandIn standIn = (RouterStandIn) router;
    try (BusTap tap = new BusTap(router.url(), RESPONSE)) {
      upstream.held = new java.util.concurrent.CountDownLatch(1);
      tap.publish(REQUEST, "application/json", request("r1", "chat", "hello"));
      standIn.answerPutsWith(500);
      upstream.held.countDown();
      awaitBus(false);
      standIn.answerPutsWith(200);
      JsonNode answer = tap.answer("r1");

      assertThat(answer.get("content").asText()).isEqualTo("you said hello");
    }
  }

  @Test
  void whatASampleCarries() {
    String request = "{\"a\":1}";
    String base64 =
        java.util.Base64.getEncoder().encodeToString(request.getBytes(StandardCharsets.UTF_8));
    assertThat(payload("{\"value\":{\"a\":1},\"encoding\":\"application/json\"}"))
        .isEqualTo(request);
    assertThat(payload("{\"value\":\"" + base64 + "\",\"encoding\":\"zenoh/bytes\"}"))
        .isEqualTo(request);
    assertThat(payload("{\"value\":\"{\\\"a\\\":1}\",\"encoding\":\"text/plain\"}"))
        .isEqualTo(request);
    assertThat(payload("{\"value\":null}")).isEqualTo("null");
    assertThat(payload("{\"key\":\"x\"}")).isEmpty();
    assertThat(payload("not a sample")).isEqualTo("not a sample");
  }

  private static String payload(String sample) {
    return new String(ZenohRest.payload(sample), StandardCharsets.UTF_8);
  }
}
