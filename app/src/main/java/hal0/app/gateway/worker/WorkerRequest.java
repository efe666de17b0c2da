package hal0.app.gateway.worker;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.slots.SlotView;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import hal0.slots.worker.Limits;
import hal0.slots.worker.Role;
import hal0.slots.worker.WorkerCall;
import hal0.slots.worker.WorkerChannel;
import hal0.slots.worker.WorkerException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One request on its way to a worker. {@link #cancel()} is for any thread. */
final class WorkerRequest {
  /** The relay's own limits end a request: this one is only for where they should fail. */
  private static final Duration LONGEST = Duration.ofDays(1);

  private final String id;
  private final SlotView slot;
  private final WorkerChannel channel;
  private final Clockwork clock;
  private WorkerCall call;
  private boolean cancelled;

  WorkerRequest(String id, SlotView slot, WorkerChannel channel, Clockwork clock) {
    this.id = id;
    this.slot = slot;
    this.channel = channel;
    this.clock = clock;
  }

  /** Nobody waits for its answer any more. */
  synchronized void cancel() {
    cancelled = true;
    if (call != null) {
      call.cancel();
    }
  }

  private synchronized void began(WorkerCall begun) {
    call = begun;
    if (cancelled) {
      begun.cancel();
    }
  }

  /**
   * Asks the worker and tells what it says.
   *
   * @param path from {@code /v1/} on
   */
  void answer(String path, ObjectNode request, WorkerHandler.Told told) throws IOException, Unfit {
    Role role =
        slot.spec().flatMap(SlotSpec::worker).flatMap(one -> Role.of(one.role())).orElseThrow();
    Shape shape = Shapes.of(role, path);
    ObjectNode question = shape.question(request);
    Shape.Heading heading = new Shape.Heading(id, model(request), clock.now().getEpochSecond());
    Optional<Shape.Parts> parts = shape.parts(request, heading);
    try (WorkerCall begun = channel.begin(role, question, Limits.of(LONGEST))) {
      began(begun);
      if (parts.isPresent()) {
        stream(begun, parts.get(), told);
      } else {
        told.whole(200, shape.answer(request, begun.result(), heading));
      }
    } catch (WorkerException e) {
      fail(e, told);
    }
  }

  private static void stream(WorkerCall call, Shape.Parts parts, WorkerHandler.Told told)
      throws WorkerException, IOException {
    for (ObjectNode chunk = call.next(); chunk != null; chunk = call.next()) {
      told.event(parts.chunk(chunk));
    }
    for (ObjectNode last : parts.end(call.end())) {
      told.event(last);
    }
    told.event("[DONE]");
  }

  private void fail(WorkerException failure, WorkerHandler.Told told) throws IOException {
    ObjectNode error = Failures.failure(slot.name(), failure);
    if (told.isBegun()) {
      told.event(error);
    } else {
      told.whole(Failures.status(failure), error);
    }
  }

  private String model(ObjectNode request) {
    return request.path("model").asText(slot.modelId().isEmpty() ? slot.name() : slot.modelId());
  }
}
