package hal0.app.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The daemon's API for the commands. {@link HttpURLConnection}, because a command lives for a tenth
 * of a second and every other client takes longer than that to start.
 */
public final class Client {
  /**
   * How long a command that reads waits for its answer, in ms; one that loads waits for as long as
   * it takes.
   */
  private static final int READ_MS = 30_000;

  private static final int CONNECT_MS = 5_000;

  /** Streams carry a comment every 15 s: after three of them the connection is taken for dead. */
  private static final int SILENCE_MS = 45_000;

  private final DaemonAddress address;
  private final Optional<String> token;

  private Client(DaemonAddress address, Optional<String> token) {
    this.address = address;
    this.token = token;
  }

  /**
   * The client for the address that flag, variable or default name; the token goes with it where it
   * can be read.
   */
  static Client of(Session session, String flag) throws Failure {
    // A command is sent once: the JDK would send a POST again when its connection breaks.
    System.setProperty("sun.net.http.retryPost", "false");
    DaemonAddress address = DaemonAddress.of(session, flag);
    return new Client(address, Token.of(session, address.uri().getHost()));
  }

  /**
   * An answer.
   *
   * @param body whole
   */
  record Answer(int status, byte[] body) {
    /** Its JSON; a failure where it is none. */
    Object json(DaemonAddress address) throws Failure {
      try {
        return Json.read(body);
      } catch (IOException notJson) {
        throw address.stranger(status);
      }
    }
  }

  /** Where it asks. */
  public DaemonAddress address() {
    return address;
  }

  /** Asks; the answer's body is as the daemon wrote it. */
  byte[] get(String path) throws Failure {
    return call("GET", path, null, READ_MS).body();
  }

  /** As {@link #get}, read. */
  public Object getJson(String path) throws Failure {
    return call("GET", path, null, READ_MS).json(address);
  }

  /** Sends a command and waits for its end, for as long as that takes. */
  Object post(String path, String json) throws Failure {
    return call("POST", path, json, 0).json(address);
  }

  /** Deletes, and waits for its end. */
  Object delete(String path) throws Failure {
    return call("DELETE", path, null, 0).json(address);
  }

  /** The path of a slot, its name made harmless. */
  static String slot(String name, String rest) {
    return "/api/slots/"
        + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20")
        + rest;
  }

  /**
   * Opens a stream of events.
   *
   * @param lastId the last event's id, to go on from there; null for a new stream
   */
  EventStream stream(String path, String lastId) throws Failure {
    try {
      HttpURLConnection connection = connect("GET", path, SILENCE_MS);
      connection.setRequestProperty("Accept", "text/event-stream");
      if (lastId != null) {
        connection.setRequestProperty("Last-Event-ID", lastId);
      }
      int status = connection.getResponseCode();
      if (status != 200) {
        throw refused(status, body(connection, status), path);
      }
      return new EventStream(connection.getInputStream());
    } catch (IOException broken) {
      throw address.unreachable(broken);
    }
  }

  private Answer call(String method, String path, String json, int readMs) throws Failure {
    try {
      HttpURLConnection connection = connect(method, path, readMs);
      if (json != null) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        try (var body = connection.getOutputStream()) {
          body.write(json.getBytes(StandardCharsets.UTF_8));
        }
      }
      int status = connection.getResponseCode();
      byte[] body = body(connection, status);
      if (status < 200 || status > 299) {
        throw refused(status, body, path);
      }
      return new Answer(status, body);
    } catch (IOException broken) {
      throw address.unreachable(broken);
    }
  }

  private HttpURLConnection connect(String method, String path, int readMs) throws IOException {
    // Never through a proxy: the daemon is on this machine, or its network.
    var connection =
        (HttpURLConnection) URI.create(address.uri() + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MS);
    connection.setReadTimeout(readMs);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestProperty("Accept", "application/json");
    connection.setRequestProperty("User-Agent", "hal0");
    token.ifPresent(value -> connection.setRequestProperty("Authorization", "Bearer " + value));
    return connection;
  }

  private static byte[] body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return in == null ? new byte[0] : in.readAllBytes();
    }
  }

  /** The envelope's error as a failure. */
  private Failure refused(int status, byte[] body, String path) throws Failure {
    var error = Json.object(Json.object(new Answer(status, body).json(address)).get("error"));
    String code = Json.text(error, "code");
    String message = Json.text(error, "message");
    if (code.isEmpty()) {
      throw address.stranger(status);
    }
    if (code.equals("slot.not_found")
        || (code.equals("request.not_found") && path.startsWith("/api/slots/"))) {
      return new Failure(Failure.NO_SLOT, message);
    }
    return new Failure(Failure.NOT_DONE, message.isEmpty() ? code : message + hint(code, path));
  }

  private String hint(String code, String path) {
    if (code.equals("auth.required")) {
      return token.isPresent()
          ? " (the token that was sent is not this daemon's)"
          : " (no token could be read: set HAL0_TOKEN, or join the group hal0)";
    }
    if (code.equals("slot.spawn_failed") || code.equals("slot.health_failed")) {
      String[] parts = path.split("/", -1);
      return parts.length > 3 ? " (see: hal0 slots logs " + parts[3] + ")" : "";
    }
    return "";
  }
}
