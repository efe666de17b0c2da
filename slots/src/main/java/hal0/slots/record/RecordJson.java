package hal0.slots.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A record as JSON text. Reads strictly: what is not exactly a record is none. */
final class RecordJson {
  private static final Set<String> KEYS =
      Set.of("name", "state", "model_id", "port", "updated_at", "message", "reason", "extra");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private RecordJson() {}

  /** The bytes are not a record of that slot; the message says why. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 300;

    /** What a record says may be long: the log gets its beginning. */
    Unreadable(String message, Throwable cause) {
      super(message.substring(0, Math.min(message.length(), SHOWN)), cause);
    }

    Unreadable(String message) {
      this(message, null);
    }
  }

  static byte[] encode(SlotRecord record) throws JsonProcessingException {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", record.name());
    tree.put("state", record.state().word());
    tree.put("model_id", record.modelId());
    tree.put("port", record.port());
    tree.put("updated_at", seconds(record.updatedAt()));
    tree.put("message", record.message());
    tree.put("reason", record.reason().word());
    tree.put("extra", record.extra());
    return (MAPPER.writeValueAsString(tree) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static SlotRecord decode(String name, byte[] bytes) throws Unreadable {
    Map<String, Object> tree = parse(bytes);
    String itsName = text(tree, "name");
    if (!itsName.equals(name)) {
      throw new Unreadable("it is the record of \"" + itsName + "\"");
    }
    return new SlotRecord(
        name,
        word(SlotState.of(text(tree, "state")), "state", tree),
        text(tree, "model_id"),
        port(tree.get("port")),
        instant(tree.get("updated_at")),
        text(tree, "message"),
        word(Reason.of(text(tree, "reason")), "reason", tree),
        extra(tree));
  }

  private static Map<String, Object> parse(byte[] bytes) throws Unreadable {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (MAPPER.readValue(text, Object.class) instanceof Map<?, ?> map) {
        Map<String, Object> tree = new LinkedHashMap<>();
        map.forEach((key, value) -> tree.put(String.valueOf(key), value));
        return tree;
      }
      throw new Unreadable("it is not a JSON object");
    } catch (CharacterCodingException e) {
      throw new Unreadable("it is not UTF-8", e);
    } catch (JsonProcessingException e) {
      throw new Unreadable("it is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static String text(Map<String, Object> tree, String key) throws Unreadable {
    if (tree.get(key) instanceof String text) {
      return text;
    }
    throw new Unreadable("\"" + key + "\" is not a string");
  }

  private static <T> T word(Optional<T> known, String key, Map<String, Object> tree)
      throws Unreadable {
    return known.orElseThrow(
        () -> new Unreadable("\"" + tree.get(key) + "\" is not a known " + key));
  }

  private static int port(Object value) throws Unreadable {
    if (value instanceof Integer port && port >= 0 && port <= 65535) {
      return port;
    }
    throw new Unreadable("\"port\" is not a number from 0 to 65535");
  }

  private static BigDecimal seconds(Instant instant) {
    BigDecimal seconds =
        BigDecimal.valueOf(instant.getEpochSecond())
            .add(BigDecimal.valueOf(instant.getNano(), 9))
            .stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }

  private static Instant instant(Object value) throws Unreadable {
    BigDecimal seconds =
        switch (value) {
          case Integer number -> BigDecimal.valueOf(number);
          case Long number -> BigDecimal.valueOf(number);
          case BigInteger number -> new BigDecimal(number);
          case BigDecimal number -> number;
          case null, default -> throw new Unreadable("\"updated_at\" is not a number");
        };
    // A number such as 1e-999999999 would take all memory to round: its scale is looked at first.
    if (Math.abs((long) seconds.scale()) > 64
        || seconds.compareTo(BigDecimal.valueOf(Instant.MIN.getEpochSecond())) < 0
        || seconds.compareTo(BigDecimal.valueOf(Instant.MAX.getEpochSecond())) > 0) {
      throw new Unreadable("\"updated_at\" is not a moment");
    }
    BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
    long nanos = seconds.subtract(whole).movePointRight(9).longValue();
    return Instant.ofEpochSecond(whole.longValueExact(), nanos);
  }

  /** What is in "extra", and whatever else stands beside the keys that are known. */
  private static Map<String, Object> extra(Map<String, Object> tree) throws Unreadable {
    Map<String, Object> extra = new LinkedHashMap<>();
    Object given = tree.getOrDefault("extra", Map.of());
    if (!(given instanceof Map<?, ?> map)) {
      throw new Unreadable("\"extra\" is not an object");
    }
    map.forEach((key, value) -> extra.put(String.valueOf(key), value));
    tree.forEach(
        (key, value) -> {
          if (!KEYS.contains(key)) {
            extra.putIfAbsent(key, value);
          }
        });
    return extra;
  }
}
