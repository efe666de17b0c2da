package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.SystemdException;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.freedesktop.dbus.connections.impl.BaseConnectionBuilder;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.MessageFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BusErrorsTest {
  private static Exception named(String name) throws DBusException {
    MessageFactory messages = new MessageFactory(BaseConnectionBuilder.getSystemEndianness());
    return BusErrors.of(messages.createError(":1.1", name, 7, "s", "its text"));
  }

  @ParameterizedTest
  @CsvSource({
    "org.freedesktop.systemd1.NoSuchUnit, NoSuchUnit",
    "org.freedesktop.DBus.Error.FileNotFound, NoSuchUnit",
    "org.freedesktop.DBus.Error.AccessDenied, AccessDenied",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired, AccessDenied",
    "org.freedesktop.DBus.Error.NameHasNoOwner, BusDown",
    "org.freedesktop.DBus.Error.NoReply, BusDown",
    "java.io.IOException, BusDown",
    "org.freedesktop.systemd1.UnitMasked, Refused",
    "org.freedesktop.DBus.Error.InvalidArgs, Refused"
  })
  void knowsErrorsByTheirNames(String name, String type) throws DBusException {
    SystemdException exception =
        BusErrors.of("start x.service", new CompletionException(named(name)));
    assertThat(exception.getClass().getSimpleName()).isEqualTo(type);
    assertThat(exception).hasMessage("start x.service: its text (" + name + ")");
  }

  @Test
  void takesEverythingElseForABusThatIsDown() {
    IOException broken = new IOException("broken pipe");
    assertThat(BusErrors.of("ping", new ExecutionException(new CompletionException(broken))))
        .isInstanceOf(SystemdException.BusDown.class)
        .hasMessage("ping: broken pipe")
        .hasCause(broken);
    SystemdException known = new SystemdException.JobLate("late");
    assertThat(BusErrors.of("start", new CompletionException(known))).isSameAs(known);
  }

  @Test
  void knowsWhereThereIsNothingToDo() throws DBusException {
    assertThat(
            BusErrors.isNothingThere(
                new CompletionException(named("org.freedesktop.systemd1.NoSuchUnit"))))
        .isTrue();
    assertThat(BusErrors.isNothingThere(named("org.freedesktop.systemd1.NoSuchProcess"))).isTrue();
    assertThat(BusErrors.isNothingThere(named("org.freedesktop.DBus.Error.AccessDenied")))
        .isFalse();
    assertThat(BusErrors.isNothingThere(new IOException("x"))).isFalse();
  }
}
