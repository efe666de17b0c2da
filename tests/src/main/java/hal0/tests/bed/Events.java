package hal0.tests.bed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * Reads server-sent events as they come, with the time at which each came. Safe for use by many
 * threads.
 */
public final class Events implements AutoCloseable {
  /**
   * One event.
   *
   * @param id its id, empty when it has none
   * @param type its name, {@code message} when it has none
   * @param text its data
   * @param at when it came, by this machine's clock
   */
  public record Event(String id, String type, String text, Instant at) {
    /** The data as JSON; null's node where it is none. */
    public JsonNode data() {
      try {
        return Answer.JSON.readTree(text);
      } catch (JsonProcessingException e) {
        return NullNode.instance;
      }
    }

    /** For a transition: {@code from>to/reason}. */
    public String edge() {
      JsonNode data = data();
      return data.path("from").asText()
          + ">"
          + data.path("to").asText()
          + "/"
          + data.path("reason").asText();
    }
  }

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpResponse<InputStream> response;
  private volatile boolean ended;

  private Events(HttpResponse<InputStream> response) {
    this.response = response;
  }

  /** Opens a stream and returns when its head is there. */
  public static Events open(URI uri, String... headers) {
    try {
      HttpResponse<InputStream> response = Http.open(uri, headers);
      String type = response.headers().firstValue("Content-Type").orElse("");
      if (response.statusCode() != 200 || !type.startsWith("text/event-stream")) {
        throw new AssertionError(
            "no event stream: " + uri + " -> " + response.statusCode() + " " + type);
      }
      Events events = new Events(response);
      Thread.ofVirtual().start(events::read);
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String id = "";
      String type = "message";
      StringBuilder data = new StringBuilder();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id:")) {
          id = line.substring(3).strip();
        } else if (line.startsWith("event:")) {
          type = line.substring(6).strip();
        } else if (line.startsWith("data:")) {
          data.append(data.isEmpty() ? "" : "\n").append(line.substring(5).strip());
        } else if (line.isEmpty() && !data.isEmpty()) {
          events.add(new Event(id, type, data.toString(), Instant.now()));
          type = "message";
          data.setLength(0);
        }
      }
    } catch (IOException e) {
      // The stream broke off: that is its end.
    } finally {
      ended = true;
    }
  }

  /** All that came so far. */
  public List<Event> all() {
    return List.copyOf(events);
  }

  /** The transitions of one slot so far, in order. */
  public List<Event> transitions(String slot) {
    return all().stream()
        .filter(
            event ->
                event.type().equals("transition")
                    && event.data().path("slot").asText().equals(slot))
        .toList();
  }

  /** The edges of one slot so far: {@code from>to/reason}. */
  public List<String> edges(String slot) {
    return transitions(slot).stream().map(Event::edge).toList();
  }

  /**
   * The states of one slot so far, from before its first transition on: {@code
   * offline>starting>warming}.
   */
  public String path(String slot) {
    StringBuilder path = new StringBuilder();
    for (Event event : transitions(slot)) {
      String from = event.data().path("from").asText();
      String last = path.substring(path.lastIndexOf(">") + 1);
      path.append(last.equals(from) ? "" : last.isEmpty() ? from : "|" + from);
      path.append('>').append(event.data().path("to").asText());
    }
    return path.toString();
  }

  /** Waits until a slot's {@link #path} ends so. */
  public String awaitPath(String slot, String end) {
    return Await.value(
        "path of " + slot + " ends " + end,
        Await.LONG,
        () -> path(slot),
        path -> path.endsWith(end));
  }

  /** Waits for an event, whether it has come or will. */
  public Event await(String what, Predicate<Event> wanted) {
    return Await.value(
        what + " among the events", Await.LONG, () -> first(wanted), event -> event != null);
  }

  private Event first(Predicate<Event> wanted) {
    return events.stream().filter(wanted).findFirst().orElse(null);
  }

  /** Waits until the server has ended the stream. */
  public void awaitEnd(Duration limit) {
    Await.until("the end of the stream", limit, () -> ended);
  }

  /** Goes away. */
  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      // It is broken already.
    }
  }
}
