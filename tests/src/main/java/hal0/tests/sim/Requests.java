package hal0.tests.sim;

import hal0.slots.SlotException;
import hal0.slots.admission.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** People's requests to upstreams: they begin, move bytes, end, and their clients go away. */
final class Requests {
  private final SlotWorld world;
  private final RequestRule rule;
  private final Consumer<String> note;
  private final List<Request> open = new ArrayList<>();
  private int admitted;

  private record Request(String slot, Life life, CompletableFuture<Lease> place) {
    boolean isInside() {
      return place.isDone() && !place.isCompletedExceptionally() && !place.join().ended().isDone();
    }
  }

  Requests(SlotWorld world, RequestRule rule, Consumer<String> note) {
    this.world = world;
    this.rule = rule;
    this.note = note;
  }

  /** How many were let in. */
  int admitted() {
    return admitted;
  }

  /** Something that is drawn happens to one of them, or another begins. */
  void draw(String slot, Random random) {
    open.removeIf(one -> one.life().isOver() || one.place().isDone() && !one.isInside());
    int roll = random.nextInt(100);
    if (open.isEmpty() || roll < 45) {
      begin(slot);
      return;
    }
    Request request = open.get(random.nextInt(open.size()));
    if (roll >= 75 || !request.place().isDone()) {
      end(request);
    } else if (roll < 60) {
      request.place().join().begun();
      rule.used(request.slot());
    } else {
      request.place().join().moved();
      rule.used(request.slot());
    }
  }

  private void begin(String slot) {
    Request request = new Request(slot, world.life(), world.fleet().enter(slot));
    open.add(request);
    rule.asked(slot, request.place());
    request
        .place()
        .whenComplete(
            (lease, failure) -> {
              if (lease != null) {
                admitted++;
                note.accept("a request to " + slot + " is let in");
                rule.entered(slot, lease);
                lease.ended().thenAccept(why -> note.accept("a request is ended: " + why));
              } else if (!isRefusal(failure) && !request.place().isCancelled()) {
                throw new AssertionError("no refusal: " + failure, failure);
              }
            });
  }

  private static boolean isRefusal(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof SlotException;
  }

  private void end(Request request) {
    open.remove(request);
    if (request.isInside()) {
      note.accept("a request to " + request.slot() + " is over");
      Lease lease = request.place().join();
      rule.left(request.slot(), lease);
      lease.close();
    } else {
      request.place().cancel(true);
    }
  }

  /** Every request is over. */
  void endAll() {
    for (Request request : List.copyOf(open)) {
      if (!request.life().isOver()) {
        end(request);
      }
    }
    open.clear();
  }
}
