package hal0.tests.sim;

import hal0.slots.Command;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/** What people ask of the daemon, drawn or told. */
final class Wishes {
  private final SlotWorld world;
  private final Consumer<Order> rules;
  private final Consumer<String> note;
  private int orders;

  /**
   * @param rules hears every command
   * @param note writes a line of the trace
   */
  Wishes(SlotWorld world, Consumer<Order> rules, Consumer<String> note) {
    this.world = world;
    this.rules = rules;
    this.note = note;
  }

  /** How many commands were given. */
  int orders() {
    return orders;
  }

  /** Gives a command that is drawn. */
  void draw(String slot, Random random) {
    int roll = random.nextInt(100);
    if (roll < 40) {
      give("load", slot, Optional.empty());
    } else if (roll < 50) {
      give("load", slot, Optional.of(model(random)));
    } else if (roll < 75) {
      give("unload", slot, Optional.empty());
    } else if (roll < 88) {
      give("restart", slot, Optional.empty());
    } else {
      give("swap", slot, Optional.of(model(random)));
    }
  }

  private static String model(Random random) {
    return random.nextInt(10) == 0
        ? MemoryUnitFiles.MODEL_WITHOUT_PATH
        : "model-" + random.nextInt(3);
  }

  /** Gives a command. */
  Order give(String verb, String slot, Optional<String> model) {
    Command command =
        switch (verb) {
          case "load" -> world.fleet().load(slot, model);
          case "unload" -> world.fleet().unload(slot);
          case "restart" -> world.fleet().restart(slot);
          default -> world.fleet().swap(slot, model.orElseThrow());
        };
    Order order = new Order(verb, slot, model, world.clock().nanos(), world.life(), command);
    orders++;
    note.accept("asked: " + order);
    command
        .done()
        .whenComplete(
            (view, failure) ->
                note.accept(
                    "answered: " + order + ": " + (failure == null ? view.state() : failure)));
    rules.accept(order);
    return order;
  }
}
