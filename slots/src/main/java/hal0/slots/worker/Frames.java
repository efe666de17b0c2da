package hal0.slots.worker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;

/** Frames as bytes: four bytes of length, big-endian, then one JSON object in UTF-8. */
public final class Frames {
  /** The most bytes that a frame may have after its length: 32 MiB. */
  public static final int MOST = 32 << 20;

  /** Bytes of the length itself. */
  static final int HEAD = 4;

  /** What goes to the kernel in one piece; the JDK keeps a native buffer of that size. */
  private static final int PIECE = 64 << 10;

  private static final int DEPTH = 200;
  private static final ObjectMapper MAPPER = mapper();

  private Frames() {}

  /**
   * The frame's bytes, its length first.
   *
   * @throws FrameException when it has more than {@link #MOST} bytes or can't be written as JSON
   */
  public static ByteBuffer encode(Frame frame) throws FrameException {
    Bounded out = new Bounded();
    try {
      out.write(new byte[HEAD], 0, HEAD);
      MAPPER.writeValue(out, frame.json());
    } catch (TooLarge large) {
      throw new FrameException(
          FrameException.Why.TOO_LARGE, "a frame has at most " + MOST + " bytes", large);
    } catch (IOException e) {
      throw new FrameException(FrameException.Why.NOT_JSON, "can't be written: " + said(e), e);
    }
    ByteBuffer bytes = out.bytes();
    return bytes.putInt(0, bytes.remaining() - HEAD);
  }

  /**
   * Writes all of it, in pieces.
   *
   * @param channel one that blocks
   */
  public static void write(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
    int end = bytes.limit();
    while (bytes.position() < end) {
      bytes.limit(Math.min(end, bytes.position() + PIECE));
      channel.write(bytes);
    }
  }

  /**
   * Reads one object, and nothing after it.
   *
   * @throws FrameException when it is anything else, or has no kind
   */
  static Frame decode(byte[] bytes, int from, int length) throws FrameException {
    try {
      JsonNode json = MAPPER.readTree(bytes, from, length);
      if (json instanceof ObjectNode object) {
        return new Frame(object);
      }
      throw new FrameException(FrameException.Why.NOT_JSON, "not a JSON object", null);
    } catch (IllegalArgumentException noKind) {
      throw new FrameException(FrameException.Why.NOT_JSON, noKind.getMessage(), noKind);
    } catch (IOException e) {
      throw new FrameException(FrameException.Why.NOT_JSON, "not JSON: " + said(e), e);
    }
  }

  private static String said(IOException e) {
    return e instanceof JsonProcessingException json ? json.getOriginalMessage() : e.getMessage();
  }

  private static ObjectMapper mapper() {
    StreamReadConstraints limits =
        StreamReadConstraints.builder()
            .maxStringLength(MOST)
            .maxNestingDepth(DEPTH)
            .maxNumberLength(100)
            .build();
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(limits)
            // A trace of where in which input an error is would carry the input.
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    return new ObjectMapper(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Grows up to the limit. */
  private static final class Bounded extends OutputStream {
    private byte[] held = new byte[2048];
    private int size;

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      if (length > HEAD + MOST - size) {
        throw new TooLarge();
      }
      if (size + length > held.length) {
        held = Arrays.copyOf(held, Math.min(HEAD + MOST, Math.max(2 * held.length, size + length)));
      }
      System.arraycopy(bytes, from, held, size, length);
      size += length;
    }

    private ByteBuffer bytes() {
      return ByteBuffer.wrap(held, 0, size);
    }
  }
}
