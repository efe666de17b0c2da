package hal0.app.machine;

import hal0.app.cli.Failure;
import hal0.systemd.JobResult;
import hal0.systemd.Scope;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import hal0.systemd.dbus.DbusSystemd;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A scope's systemd for one command: connected once it is open. */
public final class SystemdLink implements AutoCloseable {
  private static final long CONNECT_SECONDS = 5;

  /**
   * A command says by itself, in one line, what the connection logs. Held here, or its level would
   * be forgotten.
   */
  private static final Logger CONNECTION = Logger.getLogger("hal0.systemd");

  private final DbusSystemd systemd;

  private SystemdLink(DbusSystemd systemd) {
    this.systemd = systemd;
  }

  /**
   * Connects.
   *
   * @throws Failure if systemd cannot be reached; the message says where it was looked for
   */
  public static SystemdLink open(Scope scope, Map<String, String> env)
      throws Failure, InterruptedException {
    CONNECTION.setLevel(Level.OFF);
    String address = scope.busAddress(env);
    DbusSystemd systemd = DbusSystemd.open(address);
    var connected = new CompletableFuture<Void>();
    systemd.listen(new FirstContact(connected));
    try {
      connected.get(CONNECT_SECONDS, TimeUnit.SECONDS);
      return new SystemdLink(systemd);
    } catch (TimeoutException | ExecutionException late) {
      systemd.close();
      throw new Failure(
          Failure.NOT_DONE,
          "systemd (" + scope.word() + ") cannot be reached on its bus at " + address);
    }
  }

  /** What systemd can be asked. */
  public UnitControl control() {
    return systemd;
  }

  /** Waits for an answer; systemd's own words are the failure's. */
  public static <T> T ask(CompletableFuture<T> answer) throws Failure {
    try {
      return answer.join();
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof SystemdException refused) {
        throw new Failure(Failure.NOT_DONE, "systemd: " + refused.getMessage());
      }
      throw failed;
    }
  }

  @Override
  public void close() {
    systemd.close();
  }

  /** Hears of the connection, and of nothing else. */
  private record FirstContact(CompletableFuture<Void> made) implements UnitWatch.Listener {
    @Override
    public void connected() {
      made.complete(null);
    }

    @Override
    public void disconnected(String why) {}

    @Override
    public void changed(UnitName unit) {}

    @Override
    public void jobQueued(UnitName unit, int id, String type) {}

    @Override
    public void jobEnded(UnitName unit, int id, JobResult result) {}
  }
}
