package hal0.app.worker;

import hal0.app.worker.engine.Answer;
import hal0.app.worker.engine.Progress;
import hal0.app.worker.engine.Reply;
import hal0.app.worker.engine.Request;
import hal0.app.worker.engine.Session;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The session and whose turn it is: one load, one request, one end, in the order of asking. What it
 * throws at a request says what kind of error it is.
 */
final class Work {
  private static final Logger LOG = System.getLogger(Work.class.getName());

  private final Session session;
  private final Vitals vitals;
  private final ReentrantLock turn = new ReentrantLock(true);
  private volatile boolean ending;
  private boolean closed;
  private boolean loaded;
  private Throwable failed;

  Work(Session session, Vitals vitals) {
    this.session = session;
    this.vitals = vitals;
  }

  /** A request that gets no answer of the engine's. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String type;

    Refused(String type, String message, Throwable cause) {
      super(message, cause);
      this.type = type;
    }

    String type() {
      return type;
    }
  }

  /** What is done while it is this request's turn. */
  interface Turn {
    void run() throws IOException;
  }

  /** Waits for the turn and holds it for the whole answer. */
  void inTurn(Turn work) throws IOException {
    turn.lock();
    try {
      work.run();
    } finally {
      turn.unlock();
    }
  }

  /** Answers a request; for whoever has the turn. */
  Answer handle(Request request, Reply reply) throws Exception {
    if (ending) {
      throw new Refused("ending", "the worker ends", null);
    }
    loadNow();
    vitals.begin();
    try {
      return session.handle(request, reply);
    } finally {
      vitals.end();
    }
  }

  /** Loads the model unless that was done or tried. */
  void load() {
    turn.lock();
    try {
      loadNow();
    } catch (Refused told) {
      LOG.log(Level.ERROR, "the model can't be loaded", told.getCause());
    } finally {
      turn.unlock();
    }
  }

  boolean isEnding() {
    return ending;
  }

  /** From now on requests are refused, and the one under way is told that nobody wants it. */
  void endSoon() {
    ending = true;
  }

  /** Waits for the request under way and closes the session, once. */
  void close() {
    ending = true;
    turn.lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the session did not close well", e);
    } finally {
      turn.unlock();
    }
  }

  private void loadNow() throws Refused {
    if (failed != null) {
      throw refused();
    }
    if (loaded) {
      return;
    }
    if (closed) {
      throw new Refused("ending", "the worker ends", null);
    }
    vitals.loadBegins();
    try {
      session.load(new Loading());
      loaded = true;
      vitals.loaded();
    } catch (Throwable e) {
      failed = e;
      vitals.loadFailed(said(e));
      throw refused();
    }
  }

  private Refused refused() {
    return new Refused("load_failed", "the model can't be loaded: " + said(failed), failed);
  }

  static String said(Throwable e) {
    return e.getMessage() == null || e.getMessage().isBlank()
        ? e.getClass().getSimpleName()
        : e.getMessage();
  }

  private final class Loading implements Progress {
    @Override
    public void advanced() {
      vitals.progress();
    }

    @Override
    public void advanced(double fraction, String text) {
      vitals.loading(fraction, text);
    }

    @Override
    public boolean cancelled() {
      return ending;
    }
  }
}
