package hal0.slots.listener;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks the kernel for the counters of TCP connections, as {@code ss -ti} does: sock_diag(7) over a
 * netlink socket. The layouts are those of linux/netlink.h, linux/inet_diag.h and linux/tcp.h,
 * which never change but at their ends. Needs no rights.
 */
public final class SockDiag implements PortTraffic {
  private static final int AF_NETLINK = 16;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int MSG_DONTWAIT = 0x40;

  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short REQUEST_DUMP = 0x1 | 0x300;
  private static final int NLMSG_ERROR = 2;
  private static final int NLMSG_DONE = 3;
  private static final int HEADER = 16;
  private static final int REQUEST = HEADER + 56;
  private static final int MESSAGE = 72;
  private static final int INET_DIAG_INFO = 2;

  /** Everything from established to closed; neither listening nor half open. */
  private static final int STATES = 1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11;

  private static final byte AF_INET = 2;
  private static final byte AF_INET6 = 10;
  private static final byte IPPROTO_TCP = 6;
  private static final int BUFFER = 32 << 10;

  // Within struct inet_diag_msg, and within struct tcp_info.
  private static final int COOKIE = 44;
  private static final int RQUEUE = 56;
  private static final int WQUEUE = 60;
  private static final int BYTES_ACKED = 120;
  private static final int BYTES_RECEIVED = 128;

  @Override
  public List<Moved> look(int port) throws IOException {
    List<Moved> found = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      Calls calls = new Calls(arena);
      int socket = calls.socket();
      try {
        MemorySegment buffer = arena.allocate(BUFFER, 8);
        for (byte family : new byte[] {AF_INET, AF_INET6}) {
          MemorySegment.copy(MemorySegment.ofArray(request(family, port)), 0, buffer, 0, REQUEST);
          calls.send(socket, buffer, REQUEST);
          boolean more = true;
          while (more) {
            int read = calls.receive(socket, buffer);
            more = read(buffer.asSlice(0, read).asByteBuffer(), found);
          }
        }
      } finally {
        calls.close(socket);
      }
    }
    return found;
  }

  private static byte[] request(byte family, int port) {
    ByteBuffer request = ByteBuffer.allocate(REQUEST).order(ByteOrder.nativeOrder());
    request.putInt(REQUEST).putShort(SOCK_DIAG_BY_FAMILY).putShort(REQUEST_DUMP);
    request.putInt(family).putInt(0);
    request.put(family).put(IPPROTO_TCP).put((byte) (1 << (INET_DIAG_INFO - 1))).put((byte) 0);
    request.putInt(STATES);
    request.order(ByteOrder.BIG_ENDIAN).putShort((short) port);
    return request.array();
  }

  /**
   * Takes what one datagram of answers says.
   *
   * @return whether more will come
   */
  static boolean read(ByteBuffer datagram, List<Moved> found) throws IOException {
    ByteBuffer answers = datagram.order(ByteOrder.nativeOrder());
    int at = 0;
    while (at + HEADER <= answers.limit()) {
      int length = answers.getInt(at);
      int type = answers.getShort(at + 4);
      if (length < HEADER || length > answers.limit() - at) {
        throw new IOException("the kernel's answer about connections cannot be read");
      }
      if (type == NLMSG_DONE) {
        return false;
      }
      if (type == NLMSG_ERROR) {
        throw failed("asking for connections", -answers.getInt(at + HEADER));
      }
      connection(answers, at + HEADER, at + length, found);
      at += aligned(length);
    }
    return true;
  }

  private static void connection(ByteBuffer answers, int begin, int end, List<Moved> found) {
    int at = begin + MESSAGE;
    while (at + 4 <= end) {
      int length = Short.toUnsignedInt(answers.getShort(at));
      int type = answers.getShort(at + 2);
      if (length < 4) {
        return;
      }
      int info = at + 4;
      // Connections that are only remembered (TIME_WAIT) have none.
      if (type == INET_DIAG_INFO && info + BYTES_RECEIVED + Long.BYTES <= end) {
        long taken = answers.getLong(info + BYTES_ACKED);
        long received = answers.getLong(info + BYTES_RECEIVED);
        long waiting = Integer.toUnsignedLong(answers.getInt(begin + RQUEUE));
        long unsent = Integer.toUnsignedLong(answers.getInt(begin + WQUEUE));
        long cookie =
            Integer.toUnsignedLong(answers.getInt(begin + COOKIE))
                | (long) answers.getInt(begin + COOKIE + 4) << 32;
        found.add(new Moved(cookie, taken + unsent, taken, received - waiting));
        return;
      }
      at += aligned(length);
    }
  }

  private static int aligned(int length) {
    return (length + 3) & ~3;
  }

  private static IOException failed(String what, int error) {
    return new IOException(what + ": error " + error + " of the kernel");
  }

  /** The C library's functions, and where they leave their error. */
  private static final class Calls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_AT =
        STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SOCKET =
        function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final FunctionDescriptor TRANSFER =
        FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = function("send", TRANSFER);
    private static final MethodHandle RECV = function("recv", TRANSFER);
    private static final MethodHandle CLOSE =
        function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final MemorySegment state;

    Calls(Arena arena) {
      state = arena.allocate(STATE);
    }

    private static MethodHandle function(String name, FunctionDescriptor shape) {
      return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), shape, ERRNO);
    }

    int socket() throws IOException {
      try {
        return (int)
            checked(
                "opening a netlink socket",
                (int) SOCKET.invokeExact(state, AF_NETLINK, SOCK_DGRAM_CLOEXEC, NETLINK_SOCK_DIAG));
      } catch (Throwable e) {
        throw thrown(e);
      }
    }

    void send(int socket, MemorySegment bytes, long length) throws IOException {
      try {
        checked("asking the kernel", (long) SEND.invokeExact(state, socket, bytes, length, 0));
      } catch (Throwable e) {
        throw thrown(e);
      }
    }

    int receive(int socket, MemorySegment into) throws IOException {
      try {
        long size = into.byteSize();
        return (int)
            checked(
                "hearing the kernel",
                (long) RECV.invokeExact(state, socket, into, size, MSG_DONTWAIT));
      } catch (Throwable e) {
        throw thrown(e);
      }
    }

    void close(int socket) throws IOException {
      try {
        checked("closing a netlink socket", (int) CLOSE.invokeExact(state, socket));
      } catch (Throwable e) {
        throw thrown(e);
      }
    }

    private long checked(String what, long result) throws IOException {
      if (result < 0) {
        throw failed(what, state.get(JAVA_INT, ERRNO_AT));
      }
      return result;
    }

    private static IOException thrown(Throwable e) throws IOException {
      return switch (e) {
        case IOException io -> io;
        case RuntimeException fault -> throw fault;
        case Error error -> throw error;
        default -> new IOException(e);
      };
    }
  }
}
