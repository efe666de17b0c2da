package hal0.app.cli;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The daemon's API for the commands. */
public final class Client {
  /**
   * How long a command that reads waits for its answer, in ms; one that loads waits for as long as
   * it takes.
   */
  private static final int READ_MS = 30_000;

  /** Streams carry a comment every 15 s: after three of them the connection is taken for dead. */
  private static final int SILENCE_MS = 45_000;

  private final DaemonAddress address;
  private final Wire wire;
  private final boolean hasToken;

  private Client(DaemonAddress address, Wire wire, boolean hasToken) {
    this.address = address;
    this.wire = wire;
    this.hasToken = hasToken;
  }

  /**
   * The client for the address that flag or variable names; where none does, for the daemon's
   * socket, if this user may connect to it, else for the default address. The token goes with what
   * is sent over the network where it can be read.
   */
  static Client of(Session session, String flag) throws Failure {
    DaemonAddress address = DaemonAddress.of(session, flag);
    if (address.isDefault()) {
      for (Path socket : session.sockets()) {
        if (Files.exists(socket)) {
          try {
            return new Client(address.by(socket), SocketWire.open(socket), false);
          } catch (IOException notForUs) {
            address = address.passedOver(socket);
          }
        }
      }
    }
    Optional<String> token = Token.of(session, address.uri().getHost());
    return new Client(address, new UrlWire(address.uri(), token), token.isPresent());
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
      var request = new Wire.Request("GET", path, null, "text/event-stream", lastId);
      Wire.Reply reply = wire.send(request, SILENCE_MS);
      if (reply.status() != 200) {
        throw refused(reply.status(), reply.all(), path);
      }
      return new EventStream(reply.body());
    } catch (IOException broken) {
      throw address.unreachable(broken);
    }
  }

  private Answer call(String method, String path, String json, int readMs) throws Failure {
    try {
      Wire.Reply reply =
          wire.send(new Wire.Request(method, path, json, "application/json", null), readMs);
      byte[] body = reply.all();
      if (reply.status() < 200 || reply.status() > 299) {
        throw refused(reply.status(), body, path);
      }
      return new Answer(reply.status(), body);
    } catch (IOException broken) {
      throw address.unreachable(broken);
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
      return hasToken
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
