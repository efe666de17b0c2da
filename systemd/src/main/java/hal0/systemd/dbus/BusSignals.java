package hal0.systemd.dbus;

import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.freedesktop.dbus.connections.impl.DBusConnection;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.interfaces.DBusSigHandler;
import org.freedesktop.dbus.matchrules.DBusMatchRule;
import org.freedesktop.dbus.matchrules.DBusMatchRuleBuilder;
import org.freedesktop.dbus.messages.DBusSignal;

/**
 * Hears systemd's signals: those of slots' units are told in order, jobs' ends go to the ledger.
 * Only what comes from the connection of systemd itself counts; on a bus anybody may send anything.
 * Handlers run on the one thread that dbus-java has for signals, and never wait.
 */
final class BusSignals {
  private static final Logger LOG = System.getLogger(BusSignals.class.getName());
  private static final String BUS = "org.freedesktop.DBus";
  private static final String SLOT_PATHS = UnitPath.of(UnitName.SLOT_PREFIX);

  private final BusSession session;
  private final JobLedger jobs;
  private final SignalOrder order;

  BusSignals(BusSession session, JobLedger jobs, SignalOrder order) {
    this.session = session;
    this.jobs = jobs;
    this.order = order;
  }

  /** What a handler does with a signal. */
  private interface Handler {
    void handle(DBusSignal signal) throws DBusException;
  }

  /** Begins to hear who owns systemd's name. */
  void watchOwner(DBusConnection connection) throws DBusException {
    DBusMatchRule rule =
        signals(BUS)
            .withInterface(BUS)
            .withMember("NameOwnerChanged")
            .withArg0123(0, BusSession.SYSTEMD)
            .build();
    connection.addGenericSigHandler(rule, guarded(this::ownerChanged));
  }

  /** Begins to hear units and jobs. */
  void watchUnits(DBusConnection connection, String owner) throws DBusException {
    DBusMatchRule units =
        signals(owner)
            .withInterface(BusSession.PROPERTIES)
            .withMember("PropertiesChanged")
            .withPathNamespace(UnitPath.PARENT)
            .build();
    DBusMatchRule manager =
        signals(owner).withInterface(BusSession.MANAGER).withPath(BusSession.MANAGER_PATH).build();
    connection.addGenericSigHandler(units, guarded(this::unitChanged));
    connection.addGenericSigHandler(manager, guarded(this::managerSaid));
  }

  private static DBusMatchRuleBuilder signals(String sender) {
    return DBusMatchRuleBuilder.create().withType("signal").withSender(sender);
  }

  private static DBusSigHandler<DBusSignal> guarded(Handler handler) {
    return signal -> {
      try {
        handler.handle(signal);
      } catch (DBusException | RuntimeException unreadable) {
        LOG.log(
            Level.WARNING, "a signal of systemd cannot be read: " + signal.getName(), unreadable);
      }
    };
  }

  private void ownerChanged(DBusSignal signal) throws DBusException {
    Object[] values = signal.getParameters();
    boolean systemd = BusSession.SYSTEMD.equals(values[0]);
    if (systemd && !session.owner().isEmpty() && !session.owner().equals(values[2])) {
      session.lose("systemd left the bus");
    }
  }

  private void unitChanged(DBusSignal signal) throws DBusException {
    String path = signal.getPath();
    if (path == null || !path.startsWith(SLOT_PATHS)) {
      return;
    }
    UnitName unit = new UnitName(UnitPath.unit(path));
    Object[] values = signal.getParameters();
    if (values[1] instanceof Map<?, ?> properties
        && StatusReader.unwrapped(properties.get("ActiveState")) instanceof String state) {
      order.announced(unit, ActiveState.of(state));
    }
    order.changed(unit);
  }

  private void managerSaid(DBusSignal signal) throws DBusException {
    switch (signal.getName()) {
      case "JobNew" -> jobNew(signal.getParameters());
      case "JobRemoved" -> jobRemoved(signal.getParameters());
      case "UnitRemoved" -> order.unloaded(new UnitName((String) signal.getParameters()[0]));
      case "Reloading" -> session.reloading((Boolean) signal.getParameters()[0]);
      default -> {
        // UnitNew and UnitRemoved are no hints: reading the status of a unit that is not loaded
        // makes systemd load it,
        // send both, and forget it, and hints for them would make an endless circle.
      }
    }
  }

  private void jobNew(Object[] values) {
    String unit = (String) values[2];
    if (isSlot(unit)) {
      CompletableFuture<String> type = jobType(session, String.valueOf(values[1]));
      order.queued(new UnitName(unit), ((Number) values[0]).intValue(), type);
    }
  }

  /** Asks what kind of job that is; fails when it has ended already. */
  static CompletableFuture<String> jobType(BusSession session, String path) {
    return session
        .object(path, BusSession.PROPERTIES, "Get", "ss", BusSession.SYSTEMD + ".Job", "JobType")
        .thenApply(answer -> String.valueOf(StatusReader.unwrapped(answer[0])));
  }

  private void jobRemoved(Object[] values) {
    int job = ((Number) values[0]).intValue();
    String unit = (String) values[2];
    JobResult result = JobResult.of((String) values[3]);
    if (isSlot(unit)) {
      order.ended(new UnitName(unit), job, result);
    }
    jobs.ended(job, result);
  }

  private static boolean isSlot(String unit) {
    return unit.startsWith(UnitName.SLOT_PREFIX);
  }
}
