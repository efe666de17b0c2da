package hal0.app.worker;

import hal0.app.worker.engine.Session;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.Frame;
import hal0.slots.worker.WorkerSockets;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * A worker that runs, from its sockets to its end. Its end is asked for over the health socket, by
 * {@link #end}, or by a parent that is gone; it waits for the request under way.
 */
public final class Worker {
  private static final Logger LOG = System.getLogger(Worker.class.getName());

  /** A parent that has not come by then never will. */
  private static final Duration PARENT_COMES = Duration.ofSeconds(60);

  private final WorkerSettings settings;
  private final Notices systemd;
  private final Vitals vitals;
  private final Work work;
  private final DataServer data;
  private final HealthServer health;
  private final CountDownLatch ending = new CountDownLatch(1);
  private final Clockwork.Timer parentComes;
  private volatile boolean parentCame;

  private Worker(WorkerSettings settings, Session session, Notices systemd, Clockwork clock)
      throws IOException {
    this.settings = settings;
    this.systemd = systemd;
    this.vitals = new Vitals(clock);
    this.work = new Work(session, vitals);
    WorkerSockets sockets = new WorkerSockets(settings.directory());
    Files.createDirectories(settings.directory());
    SocketFile dataSocket = SocketFile.listen(sockets.data(), settings.mode());
    SocketFile healthSocket;
    try {
      healthSocket = SocketFile.listen(sockets.health(), settings.mode());
    } catch (IOException e) {
      dataSocket.close();
      throw e;
    }
    this.data = new DataServer(dataSocket, settings.session().role(), work, vitals, clock);
    Pulse pulse =
        new Pulse(systemd, vitals, settings.session().model(), settings.watchdog(), clock);
    this.health = new HealthServer(healthSocket, new Listening(), pulse, clock);
    this.parentComes = settings.parent() ? clock.schedule(PARENT_COMES, this::orphaned) : () -> {};
  }

  /**
   * Listens and begins to load, if it is to load at once.
   *
   * @param session one that nobody else uses; closed with the worker
   * @throws IOException when it can't listen; the session is closed then, too
   */
  public static Worker start(
      WorkerSettings settings, Session session, Notices systemd, Clockwork clock)
      throws IOException {
    Worker worker;
    try {
      worker = new Worker(settings, session, systemd, clock);
    } catch (IOException e) {
      session.close();
      throw e;
    }
    worker.vitals.onChange(worker.health::wake);
    if (!settings.eager()) {
      worker.vitals.readyWithout();
    }
    worker.health.start();
    worker.data.start();
    if (settings.eager()) {
      Thread.ofPlatform().name("hal0-load").start(worker.work::load);
    }
    return worker;
  }

  /** Asks for the end; does not wait for it. */
  public void end() {
    ending.countDown();
  }

  /** Waits until the end is asked for, and brings it about: session closed, sockets removed. */
  public void await() throws InterruptedException {
    ending.await();
    systemd.stopping();
    parentComes.cancel();
    work.endSoon();
    quietly(data::stopAccepting);
    work.close();
    quietly(data::close);
    quietly(health::close);
  }

  private void orphaned() {
    if (!parentCame) {
      LOG.log(Level.WARNING, "nobody came to the health socket: the worker ends");
      end();
    }
  }

  /** What must not keep the rest of the end from happening. */
  private static void quietly(Closing closing) {
    try {
      closing.run();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a socket did not close well", e);
    }
  }

  private interface Closing {
    void run() throws IOException;
  }

  private final class Listening implements HealthServer.Listening {
    @Override
    public Frame pong(long id) {
      parentCame = true;
      return vitals.pong(settings.session().role().word(), settings.session().model()).frame(id);
    }

    @Override
    public void shutdown() {
      LOG.log(Level.INFO, "a shutdown was asked for");
      end();
    }

    @Override
    public void alone() {
      if (settings.parent()) {
        LOG.log(Level.INFO, "the parent is gone: the worker ends");
        end();
      }
    }
  }
}
