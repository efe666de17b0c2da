package hal0.app.node;

import hal0.slots.SlotManager;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.WorkerChannels;
import java.time.Duration;
import java.util.Map;

/**
 * The node on a Zenoh bus: its heartbeats go out, requests come in and are answered. Made only
 * where it is wanted.
 */
public final class Zenoh implements AutoCloseable {
  /** A daemon ends within 5 s, and the API wants its share of them. */
  private static final Duration LAST = Duration.ofMillis(1200);

  private static final Duration LAST_ANSWERS = Duration.ofMillis(300);

  private final ReadinessBoard board;
  private final ZenohRest rest;
  private final BusLink link;
  private final RequestDesk desk;
  private final HeartbeatPublisher publisher;
  private final RequestPump pump;

  /**
   * Nothing is sent before {@link #start()}.
   *
   * @param workers to the slots that are workers; stays whose it is
   * @param environment where the upstreams' keys are
   */
  public Zenoh(
      ZenohSettings settings,
      ReadinessBoard board,
      SlotManager slots,
      SlotChooser chooser,
      WorkerChannels workers,
      Map<String, String> environment,
      Clockwork clock) {
    this.board = board;
    rest = new ZenohRest(settings.endpoint());
    link = new BusLink(settings.where(), clock, board::bus);
    desk =
        new RequestDesk(
            board,
            slots,
            chooser,
            new Inference(environment, workers),
            rest,
            settings.strict(),
            clock);
    pump = new RequestPump(board, rest, desk, link, clock);
    publisher = new HeartbeatPublisher(board, rest, link, pump::renew, clock);
  }

  /** How the bus is before anything was tried. */
  public static BusState before(ZenohSettings settings) {
    return settings.enabled() ? BusLink.before(settings.where()) : BusState.OFF;
  }

  /** Begins. */
  public void start() {
    pump.start();
    publisher.start();
  }

  /** Tells the bus that the daemon ends, and ends. */
  @Override
  public void close() {
    link.end();
    board.stop();
    rest.hangUp();
    desk.end(LAST_ANSWERS);
    publisher.awaitLast(LAST);
  }
}
