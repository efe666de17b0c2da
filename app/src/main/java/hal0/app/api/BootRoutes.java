package hal0.app.api;

import hal0.slots.Command;
import hal0.slots.Order;
import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether systemd starts a slot at boot: the key {@code enabled} of its file, and the link of its
 * unit.
 */
final class BootRoutes {
  private static final String NOW = "now";

  private final SlotManager slots;
  private final DefinitionPort definitions;
  private final BootPort boot;
  private final NameLocks locks;

  BootRoutes(SlotManager slots, DefinitionPort definitions, BootPort boot, NameLocks locks) {
    this.slots = slots;
    this.definitions = definitions;
    this.boot = boot;
    this.locks = locks;
  }

  List<Route> routes() {
    return List.of(
        Route.guarded("POST", "/api/slots/{name}/enable", this::enable),
        Route.guarded("POST", "/api/slots/{name}/disable", this::disable));
  }

  private void enable(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    boolean now = isNow(exchange);
    boolean patient = exchange.isPatient();
    try (NameLocks.Held held = locks.lock(name)) {
      write(exchange, name, true);
      SlotRoutes.await(exchange, boot.enable(name));
    }
    answer(
        exchange,
        name,
        now
            ? Optional.of(slots.give(Order.load(name, Optional.empty()).by(exchange.caller())))
            : Optional.empty(),
        patient);
  }

  private void disable(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    boolean now = isNow(exchange);
    boolean patient = exchange.isPatient();
    SlotRoutes.present(slots, name);
    try (NameLocks.Held held = locks.lock(name)) {
      // The link first: a slot whose file is not usable can be kept from the next boot all the
      // same.
      SlotRoutes.await(exchange, boot.disable(name));
      write(exchange, name, false);
    }
    answer(
        exchange,
        name,
        now ? Optional.of(slots.give(Order.unload(name).by(exchange.caller()))) : Optional.empty(),
        patient);
  }

  private static boolean isNow(Exchange exchange) throws java.io.IOException {
    return Fields.truth(Fields.only(exchange.body(), Set.of(NOW)), NOW);
  }

  private void write(Exchange exchange, String name, boolean enabled) throws Exception {
    SlotView view = SlotRoutes.present(slots, name);
    if (view.spec().isPresent() && view.spec().get().enabled() == enabled) {
      return;
    }
    try {
      definitions.change(name, Map.of("enabled", enabled));
    } catch (SlotException.NotFound e) {
      throw new SlotException.IllegalTransition(
          name,
          view.state(),
          name + " has no slot file: create one before it is enabled or disabled");
    }
    SlotRoutes.await(exchange, slots.refresh());
  }

  private void answer(Exchange exchange, String name, Optional<Command> command, boolean patient)
      throws Exception {
    if (command.isPresent()) {
      SlotRoutes.answer(exchange, command.get(), patient);
    } else {
      SlotView view = SlotRoutes.present(slots, name);
      exchange.json(patient ? 200 : 202, json -> SlotJson.slot(json, view));
    }
  }
}
