package hal0.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonOutTest {
  @Test
  void momentsAreAsTheJdkWouldWriteThem() {
    DateTimeFormatter jdk =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      Instant at = Instant.ofEpochMilli(random.nextLong(253_402_300_800_000L));
      assertThat(JsonOut.rfc3339(at)).isEqualTo(jdk.format(at));
    }
    assertThat(JsonOut.rfc3339(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00.000Z");
  }

  @Test
  void anythingThatJsonCanSay() {
    byte[] bytes =
        JsonOut.bytes(
            json -> {
              json.writeStartArray();
              JsonOut.any(
                  json, List.of(1, 2L, 2.5, true, "x\ud800", Optional.empty(), Optional.of("y")));
              JsonOut.any(json, Map.of("a", List.of(Map.of())));
              JsonOut.any(json, null);
              json.writeStartObject();
              for (long value : new long[] {0, 5, 50, 1000, 1_750_000_000_125L}) {
                JsonOut.thousandths(json, "n" + value, value);
              }
              json.writeEndObject();
              json.writeEndArray();
            });

    assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo(
            "[[1,2,2.5,true,\"x\ufffd\",null,\"y\"],{\"a\":[{}]},null,"
                + "{\"n0\":0.000,\"n5\":0.005,\"n50\":0.050,\"n1000\":1.000,\"n1750000000125\":1750000000.125}]");
  }
}
