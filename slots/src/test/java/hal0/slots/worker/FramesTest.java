package hal0.slots.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The framing: whatever goes in comes out, however it is cut, and nothing else does. */
class FramesTest {
  private static final int ROUNDS = 400;

  @Test
  void theExampleOfTheProtocolsPage() throws Exception {
    String hex =
        "00 00 00 16 7b 22 6b 69 6e 64 22 3a 22 70 69 6e 67 22 2c 22 69 64 22 3a 31 7d"
            .replace(" ", "");
    ByteBuffer bytes = Frames.encode(Frame.of(Frame.PING, 1));
    assertThat(HexFormat.of().formatHex(bytes.array(), 0, bytes.limit())).isEqualTo(hex);
    assertThat(read(new Pieces(HexFormat.of().parseHex(hex), new Random(1), 3), Frames.MOST))
        .extracting(FramesTest::shown)
        .containsExactly("{\"kind\":\"ping\",\"id\":1}");
  }

  @Test
  void whateverIsWrittenIsReadHoweverItIsCut() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Random random = new Random(round);
      List<Frame> frames = frames(random);
      byte[] bytes = bytes(frames);
      int largest = 1 + random.nextInt(random.nextInt(20) == 0 ? 200_000 : 40);
      assertThat(read(new Pieces(bytes, random, largest), Frames.MOST))
          .as("seed %d", round)
          .extracting(FramesTest::shown)
          .isEqualTo(frames.stream().map(FramesTest::shown).toList());
    }
  }

  @Test
  void anEndWithinAFrameIsNotAnEnd() throws Exception {
    byte[] bytes = bytes(List.of(Frame.of("chat", 1), Frame.of("chat", 2)));
    int half = bytes.length / 2;
    for (int length = 0; length <= bytes.length; length++) {
      Pieces pieces = new Pieces(java.util.Arrays.copyOf(bytes, length), new Random(length), 9);
      if (length % half == 0) {
        assertThat(read(pieces, Frames.MOST)).hasSize(length / half);
      } else {
        assertThatThrownBy(() -> read(pieces, Frames.MOST))
            .isInstanceOfSatisfying(
                FrameException.class,
                e -> assertThat(e.why()).isEqualTo(FrameException.Why.CUT_OFF));
      }
    }
  }

  @Test
  void aLengthOutOfRangeIsRefusedBeforeItsBytesCome() {
    for (int length : new int[] {0, -1, Integer.MIN_VALUE, Frames.MOST + 1, 33 << 20}) {
      byte[] head = ByteBuffer.allocate(4).putInt(length).array();
      assertBroken(head, Frames.MOST, FrameException.Why.TOO_LARGE);
    }
    byte[] head = ByteBuffer.allocate(4).putInt(101).array();
    assertBroken(head, 100, FrameException.Why.TOO_LARGE);
  }

  @Test
  void whatIsNotOneObjectWithAKindIsBroken() {
    List<String> none =
        List.of(
            "x",
            "[]",
            "7",
            "null",
            "\"kind\"",
            "{}",
            "{\"kind\":7}",
            "{\"kind\":null}",
            "{\"id\":1}",
            "{\"kind\":\"a\"} {}",
            "{\"kind\":\"a\"}x",
            "{\"kind\":\"a\"",
            "{\"kind\":\"a\",}",
            "{\"kind\":\"a\",\"x\":" + "[".repeat(500) + "]".repeat(500) + "}",
            "{\"kind\":\"a\",\"x\":" + "9".repeat(5000) + "}");
    for (String text : none) {
      byte[] body = text.getBytes(StandardCharsets.UTF_8);
      byte[] bytes = ByteBuffer.allocate(4 + body.length).putInt(body.length).put(body).array();
      assertBroken(bytes, Frames.MOST, FrameException.Why.NOT_JSON);
    }
  }

  @Test
  void theLargestFrameGoesThroughAndALargerOneIsNotMade() throws Exception {
    int frame = Frames.encode(filled(0)).limit() - Frames.HEAD;
    ByteBuffer largest = Frames.encode(filled(Frames.MOST - frame));
    assertThat(largest.limit()).isEqualTo(Frames.HEAD + Frames.MOST);
    byte[] bytes = java.util.Arrays.copyOf(largest.array(), largest.limit());
    List<Frame> read = read(new Pieces(bytes, new Random(5), 200_000), Frames.MOST);
    assertThat(read.getFirst().json().get("x").textValue()).hasSize(Frames.MOST - frame);
    assertThatThrownBy(() -> Frames.encode(filled(Frames.MOST - frame + 1)))
        .isInstanceOfSatisfying(
            FrameException.class, e -> assertThat(e.why()).isEqualTo(FrameException.Why.TOO_LARGE));
  }

  @Test
  void whatHasNoWordInJsonIsNotMade() {
    ObjectNode content = JsonNodeFactory.instance.objectNode().putPOJO("x", new Object());
    assertThatThrownBy(() -> Frames.encode(Frame.of("chat", 1, content)))
        .isInstanceOfSatisfying(
            FrameException.class, e -> assertThat(e.why()).isEqualTo(FrameException.Why.NOT_JSON));
  }

  @Test
  void idsAreWholeNumbersOf64Bits() throws Exception {
    assertThat(decoded("{\"kind\":\"a\",\"id\":-9223372036854775808}").id())
        .hasValue(Long.MIN_VALUE);
    for (String no : List.of("1.5", "\"1\"", "9223372036854775808", "null", "[1]", "1e400")) {
      assertThat(decoded("{\"kind\":\"a\",\"id\":" + no + "}").id()).as(no).isEmpty();
    }
  }

  /** As text: a number may be read as another Java type than it was written. */
  private static String shown(Frame frame) {
    return frame.json().toString();
  }

  private static Frame decoded(String text) throws FrameException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Frames.decode(bytes, 0, bytes.length);
  }

  private static void assertBroken(byte[] bytes, int most, FrameException.Why why) {
    assertThatThrownBy(() -> read(new Pieces(bytes, new Random(2), 50), most))
        .as(new String(bytes, StandardCharsets.ISO_8859_1))
        .isInstanceOfSatisfying(FrameException.class, e -> assertThat(e.why()).isEqualTo(why));
  }

  private static Frame filled(int length) {
    ObjectNode content = JsonNodeFactory.instance.objectNode().put("x", "y".repeat(length));
    return Frame.of("chat", 1, content);
  }

  private static List<Frame> frames(Random random) {
    List<Frame> frames = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      ObjectNode content = JsonNodeFactory.instance.objectNode();
      for (int key = random.nextInt(5); key > 0; key--) {
        content.put("k" + key, text(random));
      }
      if (random.nextBoolean()) {
        content.putArray("list").add(random.nextLong()).add(random.nextDouble()).addNull();
      }
      frames.add(Frame.of(text(random), random.nextLong(), content));
    }
    return frames;
  }

  private static String text(Random random) {
    int length = random.nextInt(30) == 0 ? random.nextInt(100_000) : random.nextInt(20);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      int point = random.nextInt(3) == 0 ? random.nextInt(0x10000) : random.nextInt(0x80);
      text.append(Character.isSurrogate((char) point) ? '\u00e9' : (char) point);
    }
    return text.toString();
  }

  private static byte[] bytes(List<Frame> frames) throws FrameException {
    var all = new java.io.ByteArrayOutputStream();
    for (Frame frame : frames) {
      ByteBuffer bytes = Frames.encode(frame);
      all.write(bytes.array(), 0, bytes.limit());
    }
    return all.toByteArray();
  }

  private static List<Frame> read(Pieces pieces, int most) throws IOException {
    FrameDecoder decoder = new FrameDecoder(most);
    List<Frame> frames = new ArrayList<>();
    for (Frame one = decoder.await(pieces); one != null; one = decoder.await(pieces)) {
      frames.add(one);
    }
    return frames;
  }

  /** Gives its bytes in pieces of any size. */
  private static final class Pieces implements ReadableByteChannel {
    private final ByteBuffer bytes;
    private final Random random;
    private final int largest;

    private Pieces(byte[] bytes, Random random, int largest) {
      this.bytes = ByteBuffer.wrap(bytes);
      this.random = random;
      this.largest = largest;
    }

    @Override
    public int read(ByteBuffer into) {
      if (!bytes.hasRemaining()) {
        return -1;
      }
      int count =
          Math.min(1 + random.nextInt(largest), Math.min(bytes.remaining(), into.remaining()));
      into.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      bytes.position(bytes.limit());
    }
  }
}
