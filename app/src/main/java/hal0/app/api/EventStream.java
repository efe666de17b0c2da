package hal0.app.api;

import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.event.EventFeed;
import hal0.slots.event.SlotEvent;
import hal0.slots.pull.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * One reader's stream of transitions: a snapshot, then every transition, as it happens. For one
 * thread.
 */
final class EventStream {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LOOK_AT_PULLS = Duration.ofMillis(500);

  private final SlotManager slots;
  private final EventFeed feed;
  private final Optional<String> only;
  private final RenderedSlots rendered;
  private final SseWriter out;
  private Set<String> told = Set.of();

  /** What was last told of the pulls, by slot. */
  private Map<String, Progress> pulls = Map.of();

  /**
   * @param only the slot that it is about; empty for all
   */
  EventStream(SlotManager slots, Optional<String> only, RenderedSlots rendered, SseWriter out) {
    this.slots = slots;
    this.rendered = rendered;
    this.feed = slots.feed();
    this.only = only;
    this.out = out;
  }

  /**
   * Sends until the client leaves, is too slow, or {@code ended} says so.
   *
   * @param lastId the last id that the client has seen
   * @param ended asked each second
   */
  void run(Optional<String> lastId, BooleanSupplier ended)
      throws IOException, InterruptedException {
    Optional<EventFeed.Reader> resumed = lastId.flatMap(this::resume);
    // Subscribed before the snapshot is taken: a transition may be told twice, never lost.
    try (EventFeed.Reader reader = resumed.orElseGet(feed::subscribe)) {
      if (resumed.isEmpty()) {
        snapshot(reader.startedAfter());
      } else {
        told = names(views());
        out.comment("resumed");
      }
      long seen = reader.startedAfter();
      while (!ended.getAsBoolean()) {
        List<SlotEvent> events = reader.take(pulls.isEmpty() ? LOOK : LOOK_AT_PULLS);
        send(events);
        sendProgress();
        seen = events.isEmpty() ? seen : events.getLast().seq();
        Set<String> present = events.isEmpty() ? names(views()) : told;
        if (only.isPresent() && present.isEmpty()) {
          break;
        }
        if (!present.equals(told)) {
          snapshot(seen);
        }
        out.keepAlive();
      }
    } catch (EventFeed.CutOff e) {
      out.event(
          "resync",
          Optional.empty(),
          json -> JsonOut.any(json, Map.of("reason", "read too slowly")));
    }
    out.end();
  }

  private Optional<EventFeed.Reader> resume(String id) {
    String prefix = feed.bootId() + "-";
    if (!id.startsWith(prefix) || !id.substring(prefix.length()).matches("[0-9]{1,18}")) {
      return Optional.empty();
    }
    return feed.resume(Long.parseLong(id.substring(prefix.length())));
  }

  private void snapshot(long seq) throws IOException {
    List<SlotView> views = views();
    told = names(views);
    out.send(
        SseWriter.bytes("snapshot", Optional.of(feed.bootId() + "-" + seq), rendered.slots(views)));
  }

  private void send(List<SlotEvent> events) throws IOException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (SlotEvent event : events) {
      if (only.isEmpty() || only.get().equals(event.slot())) {
        String id = feed.bootId() + "-" + event.seq();
        batch.writeBytes(
            SseWriter.bytes("transition", Optional.of(id), json -> SlotJson.event(json, event)));
      }
    }
    out.send(batch.toByteArray());
  }

  /** How far pulls are: not numbered, and not told again to who comes back. */
  private void sendProgress() throws IOException {
    Map<String, Progress> now = new HashMap<>();
    for (SlotView view : views()) {
      if (view.pull().isPresent()) {
        Progress progress = view.pull().get();
        now.put(view.name(), progress);
        if (!progress.equals(pulls.get(view.name()))) {
          out.event("progress", Optional.empty(), json -> SlotJson.progress(json, view));
        }
      }
    }
    pulls = now;
  }

  private List<SlotView> views() {
    return only.isPresent() ? slots.view(only.get()).stream().toList() : slots.views();
  }

  private static Set<String> names(List<SlotView> views) {
    return views.stream().map(SlotView::name).collect(Collectors.toCollection(TreeSet::new));
  }
}
