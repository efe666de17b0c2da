package hal0.app.cli;

import java.io.IOException;
import java.io.InputStream;

/** One way to the daemon. Each request has a connection of its own. */
interface Wire {
  /**
   * Sends a request and waits for the answer's head.
   *
   * @param readMs how long the daemon may be silent, in ms; 0 for as long as it takes
   */
  Reply send(Request request, int readMs) throws IOException;

  /**
   * What is asked.
   *
   * @param json the body; null for none
   * @param accept the kind of answer that is wanted
   * @param lastId the last event's id; null for none
   */
  record Request(String method, String path, String json, String accept, String lastId) {}

  /**
   * An answer whose body has yet to be read.
   *
   * @param body ends where the answer does
   */
  record Reply(int status, InputStream body) {
    /** The whole body. */
    byte[] all() throws IOException {
      try (body) {
        return body.readAllBytes();
      }
    }
  }
}
