package hal0.app.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the daemon is looked for.
 *
 * @param uri without a slash at its end
 * @param source what named it: {@code --url}, {@code HAL0_URL}, or "" for the default
 * @param start the command that starts the daemon here
 * @param socket what is used in place of the address; "" for none
 * @param useless a socket that is there, but lets nobody of this user's in; "" for none
 */
public record DaemonAddress(URI uri, String source, String start, String socket, String useless) {
  private static final String DEFAULT = "http://127.0.0.1:8080";

  /** The flag (or null) wins over HAL0_URL, that over the default. */
  static DaemonAddress of(Session session, String flag) throws Failure {
    String variable = session.variable("HAL0_URL");
    if (flag != null) {
      return new DaemonAddress(parse(flag, "--url"), "--url", start(session));
    }
    if (!variable.isEmpty()) {
      return new DaemonAddress(parse(variable, "HAL0_URL"), "HAL0_URL", start(session));
    }
    return new DaemonAddress(URI.create(DEFAULT), "", start(session));
  }

  DaemonAddress(URI uri, String source, String start) {
    this(uri, source, start, "", "");
  }

  /** Whether nobody named it. */
  boolean isDefault() {
    return source.isEmpty();
  }

  /** The same daemon by its socket. */
  DaemonAddress by(Path path) {
    return new DaemonAddress(uri, source, start, path.toString(), "");
  }

  /** The same without a socket that cannot be used. */
  DaemonAddress passedOver(Path path) {
    return new DaemonAddress(uri, source, start, "", path.toString());
  }

  /** What to say when the daemon does not answer. */
  Failure unreachable(IOException cause) {
    String why =
        switch (cause) {
          case ConnectException refused -> "connection refused";
          case UnknownHostException unknown -> "no such host";
          case SocketTimeoutException late -> "no answer in time";
          default ->
              cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        };
    return new Failure(
        Failure.UNREACHABLE,
        "cannot reach the daemon at " + where() + ": " + why + "; to start it: " + start);
  }

  /** What to say when something else answers. */
  Failure stranger(int status) {
    return new Failure(
        Failure.UNREACHABLE,
        "what answers at "
            + where()
            + " is not hal0 (status "
            + status
            + "); to start hal0: "
            + start);
  }

  /** The address and who named it. */
  public String where() {
    if (!socket.isEmpty()) {
      return socket;
    }
    String besides = useless.isEmpty() ? "" : " (nor at " + useless + ")";
    return source.isEmpty() ? uri + besides : uri + " (from " + source + ")";
  }

  private static URI parse(String text, String source) throws Failure {
    String url = text.strip();
    if (!url.contains("://")) {
      url = "http://" + url;
    }
    while (url.endsWith("/")) {
      url = url.substring(0, url.length() - 1);
    }
    try {
      URI uri = new URI(url);
      boolean web =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      if (web && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException notOne) {
      // Said below, with what was expected.
    }
    throw new Failure(Failure.USAGE, source + ": not an address such as " + DEFAULT + ": " + text);
  }

  /** The command that starts the daemon: by its service where there is one. */
  private static String start(Session session) {
    String scope = session.isSystemScope() ? "system" : "user";
    boolean service =
        Files.exists(session.unitDir().resolve("hal0.service"))
            || Files.exists(Path.of("/usr/lib/systemd", scope, "hal0.service"));
    String systemctl =
        session.isSystemScope() ? "systemctl start hal0" : "systemctl --user start hal0";
    return service ? systemctl : "hal0 serve";
  }
}
