package hal0.systemd.dbus;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.systemd.SystemdException;
import hal0.systemd.UnitName;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DbusSystemdWithoutBusTest {
  private static final UnitName UNIT = UnitName.ofSlot("chat");
  private static final Duration LONG = Duration.ofMinutes(5);

  @TempDir private Path base;

  private static void refusesEverything(DbusSystemd systemd) {
    assertThat(systemd.isConnected()).isFalse();
    List<CompletableFuture<?>> answers =
        List.of(
            systemd.start(UNIT, LONG),
            systemd.stop(UNIT, LONG),
            systemd.status(UNIT),
            systemd.list(),
            systemd.reload(),
            systemd.reload(),
            systemd.kill(UNIT),
            systemd.resetFailed(UNIT),
            systemd.enable(UNIT),
            systemd.disable(UNIT),
            systemd.ping(LONG));
    for (CompletableFuture<?> answer : answers) {
      Object thrown = answer.handle((value, why) -> (Object) why).join();
      assertThat(thrown).isInstanceOf(SystemdException.BusDown.class);
    }
  }

  @Test
  void refusesAtOnceWhereThereIsNoBus() {
    try (DbusSystemd systemd = DbusSystemd.open("unix:path=" + base.resolve("none"))) {
      refusesEverything(systemd);
    }
  }

  @Test
  void refusesAtOnceWhereTheAddressIsNone() {
    try (DbusSystemd systemd = DbusSystemd.open("nonsense")) {
      refusesEverything(systemd);
    }
  }

  @Test
  void doesNotHangOnABusThatSaysNothing() throws Exception {
    Path socket = base.resolve("bus");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      Duration soon = Duration.ofMillis(300);
      DbusSystemd systemd =
          DbusSystemd.open("unix:path=" + socket, new BusKeeper.Limits(soon, soon, soon, soon));
      try (SocketChannel first = server.accept()) {
        assertThat(first.isConnected()).isTrue();
        refusesEverything(systemd);
        // It gives that one up and tries again.
        try (SocketChannel second = server.accept()) {
          assertThat(second.isConnected()).isTrue();
        }
      } finally {
        systemd.close();
      }
      refusesEverything(systemd);
    }
  }
}
