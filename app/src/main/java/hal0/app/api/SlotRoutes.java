package hal0.app.api;

import hal0.slots.Command;
import hal0.slots.Order;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.room.RoomPlan;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Slots as they are, and the verbs that change them. */
public final class SlotRoutes {
  private static final String MODEL = "model_id";
  private static final int LONGEST_MODEL = 4096;

  private final SlotManager slots;
  private final RenderedSlots rendered = new RenderedSlots();

  /** Routes to these slots. */
  public SlotRoutes(SlotManager slots) {
    this.slots = slots;
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/api/slots", this::list),
        Route.open("GET", "/api/slots/{name}", this::one),
        Route.open("GET", "/api/slots/{name}/state", this::state),
        Route.open("GET", "/api/slots/{name}/plan", this::plan),
        Route.open("POST", "/api/slots/{name}/load", this::load),
        Route.open("POST", "/api/slots/{name}/unload", this::unload),
        Route.open("POST", "/api/slots/{name}/restart", this::restart),
        Route.open("POST", "/api/slots/{name}/swap", this::swap));
  }

  private void list(Exchange exchange) throws IOException {
    exchange.json(200, rendered.slots(slots.views()));
  }

  private void one(Exchange exchange) throws IOException {
    exchange.json(200, rendered.slot(present(slots, exchange.slotName())));
  }

  private void state(Exchange exchange) throws IOException {
    SlotView view = present(slots, exchange.slotName());
    exchange.json(200, json -> SlotJson.stateOf(json, view));
  }

  private void plan(Exchange exchange) throws IOException {
    String name = exchange.slotName();
    RoomPlan plan = slots.plan(name).orElseThrow(() -> Exchange.notFound(name));
    exchange.json(200, json -> PlanJson.write(json, plan));
  }

  private void load(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    Map<String, Object> body = Fields.only(exchange.body(), Set.of(MODEL));
    Optional<String> model = Fields.text(body, MODEL, LONGEST_MODEL);
    boolean patient = exchange.isPatient();
    answer(exchange, slots.give(Order.load(name, model).by(exchange.caller())), patient);
  }

  private void unload(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    Fields.only(exchange.body(), Set.of());
    boolean patient = exchange.isPatient();
    answer(exchange, slots.give(Order.unload(name).by(exchange.caller())), patient);
  }

  private void restart(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    Fields.only(exchange.body(), Set.of());
    boolean patient = exchange.isPatient();
    answer(exchange, slots.give(Order.restart(name).by(exchange.caller())), patient);
  }

  private void swap(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    Map<String, Object> body = Fields.only(exchange.body(), Set.of(MODEL));
    String model =
        Fields.text(body, MODEL, LONGEST_MODEL)
            .orElseThrow(() -> Problem.wrongKey(MODEL, "is needed: the model to change to"));
    boolean patient = exchange.isPatient();
    answer(exchange, slots.give(Order.swap(name, model).by(exchange.caller())), patient);
  }

  /** Answers a command: at its end with 200, or as soon as it is taken with 202. */
  static void answer(Exchange exchange, Command command, boolean patient)
      throws IOException, ExecutionException, InterruptedException {
    SlotView view = await(exchange, command, patient);
    exchange.json(patient ? 200 : 202, json -> SlotJson.slot(json, view));
  }

  /**
   * Waits for a command, which goes on whatever becomes of who waits.
   *
   * @throws ExecutionException with the {@link hal0.slots.SlotException} that refused or ended it
   * @throws ProblemException 503 if the daemon ends before
   */
  static SlotView await(Exchange exchange, Command command, boolean patient)
      throws ExecutionException, InterruptedException {
    SlotView accepted = await(exchange, command.accepted());
    return patient ? await(exchange, command.done()) : accepted;
  }

  /** Waits for a future, or the daemon's end. */
  static <T> T await(Exchange exchange, CompletableFuture<T> future)
      throws ExecutionException, InterruptedException {
    try {
      CompletableFuture.anyOf(future, exchange.stopping()).get();
    } catch (ExecutionException e) {
      // Told below, by the future itself.
    }
    if (!future.isDone()) {
      throw new ProblemException(Problem.stopping());
    }
    return future.get();
  }

  /**
   * One slot.
   *
   * @throws ProblemException 404 if there is none
   */
  static SlotView present(SlotManager slots, String name) {
    return slots.view(name).orElseThrow(() -> Exchange.notFound(name));
  }
}
