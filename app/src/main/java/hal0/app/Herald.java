package hal0.app;

import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.time.Clockwork;
import hal0.systemd.SdNotify;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Tells the systemd that started the daemon how it is: ready after the first look at every slot,
 * how many slots are in which state, and that it lives. The watchdog is fed after a turn through
 * the slots themselves, so that a daemon which answers but no longer works is restarted.
 */
final class Herald implements AutoCloseable {
  private static final Duration PACE = Duration.ofSeconds(1);

  private final SdNotify notify;
  private final SlotManager slots;
  private final Clockwork clock;
  private final Duration pace;
  private boolean ready;
  private String said = "";
  private volatile boolean closed;

  Herald(SdNotify notify, SlotManager slots, Clockwork clock) {
    this.notify = notify;
    this.slots = slots;
    this.clock = clock;
    this.pace =
        notify
            .watchdogInterval()
            .map(limit -> limit.dividedBy(3))
            .filter(third -> third.compareTo(PACE) < 0)
            .orElse(PACE);
    clock.schedule(Duration.ofMillis(50), this::turn);
  }

  private void turn() {
    if (closed) {
      return;
    }
    slots.pulse().thenRun(notify::watchdog);
    if (!ready && slots.isReconciled()) {
      ready = true;
      notify.ready();
    }
    String now = counts(slots.views(), slots.isConnected());
    if (!now.equals(said)) {
      said = now;
      notify.status(now);
    }
    clock.schedule(ready ? pace : Duration.ofMillis(50), this::turn);
  }

  private static String counts(List<SlotView> views, boolean connected) {
    Map<String, Long> counts =
        views.stream()
            .collect(
                Collectors.groupingBy(
                    view -> view.state().word(), TreeMap::new, Collectors.counting()));
    String states =
        counts.isEmpty()
            ? "no slots"
            : counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    return connected ? states : states + "; systemd cannot be reached";
  }

  @Override
  public void close() {
    closed = true;
    notify.stopping();
  }
}
