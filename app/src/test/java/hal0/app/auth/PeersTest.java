package hal0.app.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.UnixDomainPrincipal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who needs no token. */
class PeersTest {
  @TempDir private Path directory;
  private Path groups;

  @BeforeEach
  void write() throws IOException {
    groups =
        Files.writeString(
            directory.resolve("group"),
            "root:x:0:\nnothal0:x:7:carl\nhal0:x:994:alice,bob\nbroken\nlast:x:9:dora\n");
  }

  private record User(String name) implements UserPrincipal {
    @Override
    public String getName() {
      return name;
    }
  }

  private record Group(String name) implements GroupPrincipal {
    @Override
    public String getName() {
      return name;
    }
  }

  private boolean isTrusted(boolean system, String user, String group) throws IOException {
    var who = new UnixDomainPrincipal(new User(user), new Group(group));
    return new Peers(system, groups).isTrusted(who);
  }

  @Test
  void peopleOfTheGroup() throws IOException {
    assertThat(isTrusted(true, "alice", "users")).isTrue();
    assertThat(isTrusted(true, "bob", "users")).isTrue();
    assertThat(isTrusted(true, "eve", "hal0")).isTrue();
    for (String other : new String[] {"carl", "dora", "bo", "alice,bob", ""}) {
      assertThat(isTrusted(true, other, "users")).as(other).isFalse();
    }
  }

  @Test
  void slotsAreNoPeople() throws IOException {
    assertThat(isTrusted(true, "hal0", "hal0")).isFalse();
  }

  @Test
  void aUsersDaemonKnowsItsUserAndRootAlone() throws IOException {
    assertThat(isTrusted(false, "alice", "hal0")).isFalse();
    var self =
        new UnixDomainPrincipal(Files.getOwner(Path.of("/proc/self")), new Group("whatever"));
    assertThat(new Peers(false, groups).isTrusted(self)).isTrue();
    assertThat(new Peers(true, groups).isTrusted(self)).isTrue();
  }
}
