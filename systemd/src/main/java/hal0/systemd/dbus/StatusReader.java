package hal0.systemd.dbus;

import hal0.systemd.ActiveState;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.freedesktop.dbus.types.Variant;

/**
 * Reads the properties of a service's object as a {@link UnitStatus}. What is missing reads as
 * systemd's "nothing".
 */
final class StatusReader {
  /** waitid(2)'s codes, which {@code ExecMainCode} gives. */
  private static final int CLD_EXITED = 1;

  private static final int CLD_KILLED = 2;
  private static final int CLD_DUMPED = 3;

  private final Map<?, ?> properties;

  StatusReader(Map<?, ?> properties) {
    this.properties = properties;
  }

  /** The whole status; the type of its job is not among the properties. */
  UnitStatus read(UnitName unit, String jobType) {
    return new UnitStatus(
        unit,
        text("LoadState"),
        ActiveState.of(text("ActiveState")),
        text("SubState"),
        (int) number("MainPID"),
        (int) number("NRestarts"),
        text("Result"),
        invocationId(),
        exit(),
        text("ControlGroup"),
        jobId() == 0 ? Optional.empty() : Optional.of(new UnitStatus.Job(jobId(), jobType)),
        restartDelay(),
        text("UnitFileState"),
        text("Type").equals("notify") && text("NotifyAccess").equals("main"));
  }

  /** The number of its job, 0 for none. */
  int jobId() {
    return value("Job") instanceof Object[] job && job.length == 2 && job[0] instanceof Number id
        ? id.intValue()
        : 0;
  }

  /** The path of its job's object. */
  String jobPath() {
    return value("Job") instanceof Object[] job && job.length == 2 ? String.valueOf(job[1]) : "/";
  }

  private Optional<UnitStatus.Exit> exit() {
    int status = (int) number("ExecMainStatus");
    return switch ((int) number("ExecMainCode")) {
      case CLD_EXITED -> Optional.of(new UnitStatus.Exit(false, status));
      case CLD_KILLED, CLD_DUMPED -> Optional.of(new UnitStatus.Exit(true, status));
      default -> Optional.empty();
    };
  }

  private String invocationId() {
    if (!(value("InvocationID") instanceof List<?> octets)) {
      return "";
    }
    StringBuilder id = new StringBuilder(32);
    for (Object octet : octets) {
      int b = octet instanceof Number number ? number.intValue() & 0xff : 0;
      id.append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
    }
    return id.toString();
  }

  private Duration restartDelay() {
    long micros = number("RestartUSec");
    // "infinity" is the largest unsigned number, which reads as -1.
    return micros < 0
        ? Duration.ofSeconds(Integer.MAX_VALUE)
        : Duration.of(micros, ChronoUnit.MICROS);
  }

  private String text(String name) {
    return value(name) instanceof String text ? text : "";
  }

  private long number(String name) {
    return value(name) instanceof Number number ? number.longValue() : 0;
  }

  private Object value(String name) {
    return unwrapped(properties.get(name));
  }

  /** The value within a variant. */
  static Object unwrapped(Object value) {
    return value instanceof Variant<?> variant ? variant.getValue() : value;
  }
}
