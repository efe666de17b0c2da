package hal0.systemd.dbus;

import hal0.systemd.SystemdException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.freedesktop.dbus.connections.IDisconnectCallback;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.connections.impl.DBusConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Error;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;

/**
 * One connection to the bus, from its opening until it is lost; then it is of no more use and
 * another is opened. It talks to the systemd that was on the bus when it was opened and counts as
 * lost when that one leaves.
 */
final class BusSession {
  static final String SYSTEMD = "org.freedesktop.systemd1";
  static final String MANAGER_PATH = "/org/freedesktop/systemd1";
  static final String MANAGER = "org.freedesktop.systemd1.Manager";
  static final String PROPERTIES = "org.freedesktop.DBus.Properties";
  static final Duration REPLY_LIMIT = Duration.ofSeconds(10);

  /** Half of what the strictest bus allows. */
  private static final int CALLS_AT_ONCE = 64;

  private static final String BUS = "org.freedesktop.DBus";
  private static final String BUS_PATH = "/org/freedesktop/DBus";

  private final Executor tasks;
  private final DBusConnection connection;
  private final Set<CompletableFuture<Message>> outstanding = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private final CallGate gate;
  private final JobLedger jobs;
  private final SignalOrder order;
  private volatile String owner = "";
  private volatile boolean reloading;

  private BusSession(DBusConnection connection, Voice voice, Executor tasks) {
    this.connection = connection;
    this.tasks = tasks;
    this.gate = new CallGate(CALLS_AT_ONCE, tasks);
    this.jobs = new JobLedger(tasks);
    this.order = new SignalOrder(voice, jobs::own, tasks);
  }

  /**
   * Connects, subscribes to systemd's signals, and has heard systemd's answer to that. Blocks; may
   * be interrupted.
   *
   * @throws Exception if the bus, or systemd on it, is not there; nothing is left open then
   */
  static BusSession open(String address, Voice voice, Executor tasks) throws Exception {
    // It may break before there is a session to be told.
    CompletableFuture<String> broken = new CompletableFuture<>();
    BusSession session = new BusSession(connect(address, broken), voice, tasks);
    broken.thenAccept(session::lose);
    try {
      session.subscribe();
      return session;
    } catch (Exception failed) {
      session.lose("it could not be subscribed to");
      throw failed;
    }
  }

  private static DBusConnection connect(String address, CompletableFuture<String> broken)
      throws DBusException {
    // Used by dbus-java's own calls: Hello and AddMatch.
    MethodCall.setDefaultTimeout(REPLY_LIMIT.toMillis());
    DBusConnectionBuilder builder = DBusConnectionBuilder.forAddress(address).withShared(false);
    // A timeout below half a second makes it try once: trying again is the keeper's business.
    builder.transportConfig().withTimeout(1);
    return builder.withDisconnectCallback(new OnDisconnect(broken)).build();
  }

  private void subscribe() throws Exception {
    BusSignals signals = new BusSignals(this, jobs, order);
    // First the rule, then the question: a change in between is heard.
    signals.watchOwner(connection);
    Object[] answer =
        call(new BusCall.Target(BUS, BUS_PATH, BUS, "GetNameOwner"), "s", SYSTEMD).get();
    owner = String.valueOf(answer[0]);
    signals.watchUnits(connection, owner);
    manager("Subscribe", null).get();
  }

  /** Ends when the connection is of no more use, with the reason. */
  CompletableFuture<String> lost() {
    return lost;
  }

  /** The jobs of this connection. */
  JobLedger jobs() {
    return jobs;
  }

  /** The unique name of the systemd that this connection talks to; empty while it is not known. */
  String owner() {
    return owner;
  }

  /** systemd said that it reloads, or that it has done so. */
  void reloading(boolean now) {
    reloading = now;
  }

  /** Whether systemd is reading its unit files: it answers nothing meanwhile. */
  boolean isReloading() {
    return reloading;
  }

  /** Calls a method of systemd's manager object. */
  CompletableFuture<Object[]> manager(String member, String signature, Object... arguments) {
    return call(new BusCall.Target(owner, MANAGER_PATH, MANAGER, member), signature, arguments);
  }

  /** Calls a method of one of systemd's objects. */
  CompletableFuture<Object[]> object(
      String path, String type, String member, String signature, Object... arguments) {
    return call(new BusCall.Target(owner, path, type, member), signature, arguments);
  }

  /**
   * Sends a call; at most {@link #REPLY_LIMIT} later the future ends, on another thread than the
   * bus's, with the answer's values, or with what {@link BusErrors} makes a {@link
   * SystemdException} of.
   */
  private CompletableFuture<Object[]> call(
      BusCall.Target target, String signature, Object... arguments) {
    return call(target, true, signature, arguments);
  }

  /**
   * As the other.
   *
   * @param inTurn whether it waits for its turn where many are under way
   */
  private CompletableFuture<Object[]> call(
      BusCall.Target target, boolean inTurn, String signature, Object... arguments) {
    CompletableFuture<Message> answer;
    try {
      BusCall call =
          new BusCall(connection.getMessageFactory().getEndianess(), target, signature, arguments);
      answer = call.answer();
      outstanding.add(answer);
      if (inTurn) {
        gate.enter(
            () -> {
              call.answer().whenComplete((message, thrown) -> gate.leave());
              send(call);
            });
      } else {
        send(call);
      }
    } catch (DBusException unsendable) {
      return CompletableFuture.failedFuture(unsendable);
    }
    if (lost.isDone()) {
      answer.completeExceptionally(gone());
    }
    return answer
        .orTimeout(REPLY_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(
            (message, thrown) -> {
              outstanding.remove(answer);
              return values(target.member(), message, thrown);
            },
            tasks);
  }

  /** A connection that is being closed refuses in several ways. */
  private void send(BusCall call) {
    if (call.answer().isDone()) {
      return;
    }
    try {
      connection.sendMessage(call);
    } catch (RuntimeException refused) {
      call.answer().completeExceptionally(refused);
    }
  }

  private static Object[] values(String member, Message message, Throwable thrown) {
    if (thrown instanceof TimeoutException) {
      // Not to be taken for the deadline of a job.
      String why = member + ": no answer within " + REPLY_LIMIT.toSeconds() + " s";
      throw new CompletionException(new SystemdException.BusDown(why, thrown));
    }
    if (thrown != null) {
      throw new CompletionException(BusErrors.unwrapped(thrown));
    }
    if (message instanceof Error error) {
      throw new CompletionException(BusErrors.of(error));
    }
    try {
      Object[] values = message.getParameters();
      return values == null ? new Object[0] : values;
    } catch (DBusException | RuntimeException unreadable) {
      throw new CompletionException(
          new SystemdException.Refused(member + ": an answer that cannot be read", unreadable));
    }
  }

  /** Whether systemd answers within that time. Blocks. */
  boolean answers(Duration patience) throws InterruptedException {
    CompletableFuture<Object[]> pong = ping();
    try {
      pong.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (java.util.concurrent.ExecutionException refused) {
      return !(BusErrors.of("ping", refused) instanceof SystemdException.BusDown);
    }
  }

  /**
   * Ends when systemd has answered. It waits for no other call: whether systemd lives is urgent.
   */
  CompletableFuture<Object[]> ping() {
    BusCall.Target peer =
        new BusCall.Target(owner, MANAGER_PATH, "org.freedesktop.DBus.Peer", "Ping");
    return call(peer, false, null);
  }

  /**
   * Gives the connection up: pending calls and jobs fail, no signal is told any more. The first
   * reason counts.
   */
  void lose(String why) {
    if (!lost.complete(why)) {
      return;
    }
    order.close();
    SystemdException gone = gone();
    outstanding.forEach(answer -> answer.completeExceptionally(gone));
    jobs.lost(gone);
    // It waits for its own threads, one of which this may be.
    tasks.execute(connection::disconnect);
  }

  private SystemdException gone() {
    return new SystemdException.BusDown(
        "the connection to systemd is lost: " + lost.getNow("no reason known"), null);
  }

  /** Hears from dbus-java that the connection broke. */
  private record OnDisconnect(CompletableFuture<String> broken) implements IDisconnectCallback {
    @Override
    public void disconnectOnError(IOException failure) {
      broken.complete("the bus closed the connection (" + BusErrors.reason(failure) + ")");
    }

    @Override
    public void clientDisconnect() {
      broken.complete("the bus closed the connection");
    }
  }
}
