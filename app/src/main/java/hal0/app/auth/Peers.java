package hal0.app.auth;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.List;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Who is at the other end of a unix socket, as the kernel says ({@code SO_PEERCRED} of unix(7)),
 * and who of them needs no token: root, the daemon's own user and, in the system scope, people of
 * the group {@code hal0}. The user {@code hal0} is nobody: slots run as that user. Safe for use by
 * many threads.
 */
public final class Peers {
  /** The group whose people need no token, and the user that slots run as. */
  public static final String NAME = "hal0";

  private static final Path GROUPS = Path.of("/etc/group");
  private static final int MEMBERS = 3;

  private final boolean system;
  private final Path groups;

  /**
   * @param system whether the daemon is the machine's
   */
  public Peers(boolean system) {
    this(system, GROUPS);
  }

  Peers(boolean system, Path groups) {
    this.system = system;
    this.groups = groups;
  }

  /**
   * Somebody who has connected.
   *
   * @param user the user's name, or number where it has none
   * @param trusted whether no token is needed
   */
  public record Peer(String user, boolean trusted) {}

  /** Who has connected. */
  public Peer of(SocketChannel channel) throws IOException {
    UnixDomainPrincipal who = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
    return new Peer(who.user().getName(), isTrusted(who));
  }

  boolean isTrusted(UnixDomainPrincipal who) throws IOException {
    UserPrincipal user = who.user();
    if (user.equals(Files.getOwner(Path.of("/proc/self"))) || user.equals(user("0"))) {
      return true;
    }
    return system && !user.getName().equals(NAME) && isMember(who);
  }

  /**
   * By the group it has now, or by the machine's list; a group that is kept elsewhere is not seen.
   */
  private boolean isMember(UnixDomainPrincipal who) throws IOException {
    if (who.group().getName().equals(NAME)) {
      return true;
    }
    for (String line : Files.readAllLines(groups)) {
      List<String> fields = Arrays.asList(line.split(":", -1));
      if (fields.getFirst().equals(NAME) && fields.size() > MEMBERS) {
        return Arrays.asList(fields.get(MEMBERS).split(",", -1)).contains(who.user().getName());
      }
    }
    return false;
  }

  private static UserPrincipal user(String name) throws IOException {
    UserPrincipalLookupService users = FileSystems.getDefault().getUserPrincipalLookupService();
    try {
      return users.lookupPrincipalByName(name);
    } catch (UserPrincipalNotFoundException unknown) {
      return null;
    }
  }
}
