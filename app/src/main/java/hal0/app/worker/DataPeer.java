package hal0.app.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.worker.engine.Reply;
import hal0.app.worker.engine.Request;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.Frame;
import hal0.slots.worker.FrameDecoder;
import hal0.slots.worker.FrameException;
import hal0.slots.worker.Frames;
import hal0.slots.worker.Role;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One connection to the data socket and the thread that serves it: a request, its whole answer, the
 * next request. A broken frame ends this connection and nothing else.
 */
final class DataPeer {
  private static final Logger LOG = System.getLogger(DataPeer.class.getName());
  private static final int TRACE = 16 << 10;

  private final DataServer server;
  private final SocketChannel channel;
  private final Role role;
  private final Work work;
  private final Vitals vitals;
  private final Clockwork clock;
  private final FrameDecoder frames = new FrameDecoder(Frames.MOST);
  private final Thread thread = Thread.ofPlatform().name("hal0-data-peer").unstarted(this::run);
  private volatile boolean idle = true;
  private volatile long quietSince;
  private volatile boolean writing;
  private volatile long writingSince;

  DataPeer(
      DataServer server,
      SocketChannel channel,
      Role role,
      Work work,
      Vitals vitals,
      Clockwork clock) {
    this.server = server;
    this.channel = channel;
    this.role = role;
    this.work = work;
    this.vitals = vitals;
    this.clock = clock;
    this.quietSince = clock.nanos();
  }

  void start() {
    thread.start();
  }

  void join(long millis) throws InterruptedException {
    thread.join(millis);
  }

  boolean isIdle() {
    return idle;
  }

  long quietSince() {
    return quietSince;
  }

  boolean isStalledSince(long before) {
    return writing && writingSince - before < 0;
  }

  /** Ends the connection; from any thread. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection did not close well", e);
    }
  }

  private void run() {
    try {
      for (Frame frame = frames.await(channel); frame != null; frame = frames.await(channel)) {
        idle = false;
        serve(frame);
        quietSince = clock.nanos();
        idle = true;
      }
    } catch (FrameException broken) {
      refuse(broken);
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "a client is gone: " + gone.getMessage());
    } finally {
      close();
      server.left(this);
    }
  }

  private void refuse(FrameException broken) {
    if (broken.why() == FrameException.Why.CUT_OFF) {
      return;
    }
    LOG.log(Level.WARNING, "a client sent a broken frame: " + broken.getMessage());
    try {
      fail(OptionalLong.empty(), "bad_frame", broken);
    } catch (IOException gone) {
      LOG.log(Level.DEBUG, "and is gone: " + gone.getMessage());
    }
  }

  private void serve(Frame frame) throws IOException {
    OptionalLong id = frame.id();
    Optional<Role> asked = Role.of(frame.kind());
    if (asked.isEmpty()) {
      String what = "there is no kind \"" + shortened(frame.kind()) + "\" on the data socket";
      fail(id, "unknown_kind", new IllegalArgumentException(what));
      return;
    }
    if (id.isEmpty()) {
      fail(id, "bad_request", new IllegalArgumentException("a request needs a whole \"id\""));
      return;
    }
    if (asked.get() != role) {
      String what = "this worker's role is " + role.word() + ", not " + frame.kind();
      fail(id, "wrong_role", new IllegalArgumentException(what));
      return;
    }
    vitals.entered();
    try {
      answer(id.getAsLong(), frame.json());
    } finally {
      vitals.left();
    }
  }

  private void answer(long id, ObjectNode json) throws IOException {
    Request request;
    DataReply reply;
    try {
      request = Requests.read(role, json);
      reply = new DataReply(this, id, Requests.wantsStream(json), vitals, work, clock);
    } catch (IllegalArgumentException wrong) {
      fail(OptionalLong.of(id), "bad_request", wrong);
      return;
    }
    work.inTurn(
        () -> {
          // Whoever gave up while it waited costs nobody anything.
          if (!isGone()) {
            tell(id, outcome(id, request, reply));
          }
        });
  }

  private void tell(long id, Frame outcome) throws IOException {
    try {
      sendInTurn(outcome);
    } catch (FrameException large) {
      sendInTurn(error(OptionalLong.of(id), "too_large", "the answer: " + said(large), large));
    }
  }

  /** The answer, or the error that stands for it. */
  private Frame outcome(long id, Request request, DataReply reply) throws IOException {
    OptionalLong number = OptionalLong.of(id);
    try {
      return Answers.frame(id, request, work.handle(request, reply), reply);
    } catch (IllegalArgumentException wrong) {
      return error(number, "bad_request", said(wrong), wrong);
    } catch (Work.Refused refused) {
      Throwable cause = refused.getCause() == null ? refused : refused.getCause();
      return error(number, refused.type(), refused.getMessage(), cause);
    } catch (Reply.CancelledException gone) {
      if (work.isEnding()) {
        return error(number, "ending", "the worker ends", gone);
      }
      throw new IOException(gone.getMessage(), gone);
    } catch (Throwable e) {
      LOG.log(Level.WARNING, "a request failed", e);
      return error(number, "engine_failed", said(e), e);
    }
  }

  private void fail(OptionalLong id, String type, Exception why) throws IOException {
    send(error(id, type, said(why), why));
  }

  private static Frame error(OptionalLong id, String type, String message, Throwable why) {
    StringWriter trace = new StringWriter();
    why.printStackTrace(new PrintWriter(trace));
    ObjectNode error = Frame.error(type, shortened(message), cut(trace.toString(), TRACE));
    Frame frame = Frame.of(Frame.ERROR, id.orElse(0), error);
    if (id.isEmpty()) {
      frame.json().putNull("id");
    }
    return frame;
  }

  private static String said(Throwable e) {
    return Work.said(e);
  }

  private static String shortened(String text) {
    return cut(text, 1000);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }

  /** Writes a part of an answer; while the client doesn't take it, the work is not stuck. */
  void sendInTurn(Frame frame) throws IOException {
    vitals.waitsForClient(true);
    try {
      send(frame);
    } finally {
      vitals.waitsForClient(false);
    }
  }

  private void send(Frame frame) throws IOException {
    ByteBuffer bytes = Frames.encode(frame);
    writingSince = clock.nanos();
    writing = true;
    try {
      Frames.write(channel, bytes);
    } finally {
      writing = false;
    }
  }

  /** Whether the client has closed the connection, its half of it at least. */
  boolean isGone() {
    if (!channel.isOpen()) {
      return true;
    }
    if (frames.holdsBytes()) {
      // It has sent its next request already, so it is there, or was.
      return false;
    }
    try {
      channel.configureBlocking(false);
      int read = frames.read(channel);
      channel.configureBlocking(true);
      return read < 0;
    } catch (IOException gone) {
      return true;
    }
  }
}
