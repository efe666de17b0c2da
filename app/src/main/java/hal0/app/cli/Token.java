package hal0.app.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The bearer token for the daemon. */
final class Token {
  private Token() {}

  /**
   * HAL0_TOKEN, else this machine's token file where it can be read and the daemon is on this
   * machine: another machine has no use for that file's token and must not learn it.
   */
  static Optional<String> of(Session session, String host) {
    String variable = session.variable("HAL0_TOKEN").strip();
    if (!variable.isEmpty()) {
      return usable(variable);
    }
    Path file = session.stateDir().resolve("token");
    try {
      return Files.isReadable(file) && isHere(host)
          ? usable(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException unreadable) {
      return Optional.empty();
    }
  }

  /** A header takes no line breaks and nothing beyond ASCII. */
  private static Optional<String> usable(String token) {
    return token.isEmpty() || !token.chars().allMatch(c -> c > ' ' && c < 127)
        ? Optional.empty()
        : Optional.of(token);
  }

  private static boolean isHere(String host) throws IOException {
    if (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]")) {
      return true;
    }
    InetAddress address = InetAddress.getByName(host);
    return address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
  }
}
