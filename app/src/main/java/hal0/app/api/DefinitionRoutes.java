package hal0.app.api;

import hal0.slots.Order;
import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.spec.SlotSpec;
import hal0.slots.spec.SpecFile;
import hal0.slots.spec.SpecProblem;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Making, changing and removing slots. */
public final class DefinitionRoutes {
  /** A header of the answer to a change: whether the file's comments and order are still there. */
  static final String COMMENTS_KEPT = "Hal0-Comments-Kept";

  private static final Logger LOG = System.getLogger(DefinitionRoutes.class.getName());
  private static final String KEPT = "comments_kept";
  private static final String NAME = "name";
  private static final String TOML = "toml";

  private final SlotManager slots;
  private final DefinitionPort definitions;
  private final BootPort boot;
  private final NameLocks locks;

  /** Routes that change these slots' files. */
  public DefinitionRoutes(SlotManager slots, DefinitionPort definitions, BootPort boot) {
    this(slots, definitions, boot, new NameLocks());
  }

  DefinitionRoutes(SlotManager slots, DefinitionPort definitions, BootPort boot, NameLocks locks) {
    this.slots = slots;
    this.definitions = definitions;
    this.boot = boot;
    this.locks = locks;
  }

  /** The routes, those of {@link BootRoutes} among them. */
  public List<Route> routes() {
    List<Route> routes =
        new ArrayList<>(
            List.of(
                Route.guarded("POST", "/api/slots", this::create),
                Route.guarded("GET", "/api/slots/{name}/config", this::config),
                Route.guarded("PUT", "/api/slots/{name}/config", this::change),
                Route.guarded("DELETE", "/api/slots/{name}", this::delete)));
    routes.addAll(new BootRoutes(slots, definitions, boot, locks).routes());
    return routes;
  }

  private void create(Exchange exchange) throws Exception {
    Map<String, Object> file = new LinkedHashMap<>(exchange.body());
    Optional<String> toml = textOf(file);
    String name = nameOf(file, toml);
    try (NameLocks.Held held = locks.lock(name)) {
      if (slots.view(name).isPresent()) {
        throw new SlotException.Exists(name, "there is a slot called \"" + name + "\" already");
      }
      if (toml.isPresent()) {
        definitions.create(name, toml.get());
      } else {
        definitions.create(name, file);
      }
      SlotRoutes.await(exchange, slots.refresh());
      SlotView view = SlotRoutes.present(slots, name);
      if (view.spec().map(SlotSpec::enabled).orElse(false)) {
        link(exchange, name);
      }
      exchange.setHeader("Location", "/api/slots/" + name);
      exchange.json(201, json -> SlotJson.slot(json, SlotRoutes.present(slots, name)));
    }
  }

  /**
   * A slot that is made but not linked is still made: the log and {@code hal0 doctor} tell of the
   * link.
   */
  private void link(Exchange exchange, String name) throws InterruptedException {
    try {
      SlotRoutes.await(exchange, boot.enable(name));
    } catch (java.util.concurrent.ExecutionException e) {
      LOG.log(
          Level.WARNING,
          name + " is made, but systemd will not start it at boot: " + e.getCause().getMessage());
    }
  }

  /**
   * Takes the name out of a new slot's file; if it is wrong, every wrong key of the file is named
   * beside it.
   */
  private static String nameOf(Map<String, Object> file, Optional<String> toml)
      throws SlotException {
    Object name = file.remove(NAME);
    if (name instanceof String text && SlotSpec.isName(text)) {
      return text;
    }
    String what = name == null ? "is needed: " : "is not a slot's name: ";
    List<SpecProblem> problems = new ArrayList<>();
    problems.add(new SpecProblem(NAME, 0, what + SpecFile.NAME_RULE));
    problems.addAll(
        toml.map(text -> SpecFile.parse("new", text))
            .orElseGet(() -> SpecFile.ofJson("new", file))
            .problems());
    throw new SlotException.ConfigError("new slot", problems);
  }

  /**
   * Takes a slot file's own text out of a body; empty where its keys are given instead.
   *
   * @throws ProblemException 400 if it is no text, or something else is given beside it
   */
  private static Optional<String> textOf(Map<String, Object> body) {
    if (!body.containsKey(TOML)) {
      return Optional.empty();
    }
    if (!(body.get(TOML) instanceof String text)) {
      throw Problem.wrongKey(TOML, "must be the slot file as text");
    }
    Fields.only(body, Set.of(NAME, TOML));
    body.remove(TOML);
    return Optional.of(text);
  }

  private void config(Exchange exchange) throws Exception {
    Map<String, Object> config = definitions.config(exchange.slotName());
    exchange.json(200, json -> JsonOut.any(json, config));
  }

  private void change(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    Map<String, Object> keys = new LinkedHashMap<>(exchange.body());
    keys.remove(KEPT);
    Object given = keys.remove(NAME);
    if (given != null && !given.equals(name)) {
      throw Problem.wrongKey(NAME, "a slot cannot be renamed: make another one");
    }
    Optional<String> toml = textOf(keys);
    try (NameLocks.Held held = locks.lock(name)) {
      DefinitionPort.Change change =
          toml.isPresent() ? definitions.replace(name, toml.get()) : definitions.change(name, keys);
      SlotRoutes.await(exchange, slots.refresh());
      exchange.setHeader(COMMENTS_KEPT, String.valueOf(change.commentsKept()));
      Map<String, Object> answer = new LinkedHashMap<>(change.config());
      if (!change.commentsKept()) {
        answer.put(KEPT, false);
      }
      exchange.json(200, json -> JsonOut.any(json, answer));
    }
  }

  private void delete(Exchange exchange) throws Exception {
    String name = exchange.slotName();
    boolean patient = exchange.isPatient();
    SlotRoutes.present(slots, name);
    if (patient) {
      remove(exchange, name);
      exchange.json(200, json -> JsonOut.any(json, told(name, true)));
      return;
    }
    SlotRoutes.await(exchange, slots.give(Order.unload(name).by(exchange.caller())), false);
    exchange.goOn("delete " + name, () -> remove(exchange, name));
    exchange.json(202, json -> JsonOut.any(json, told(name, false)));
  }

  private static Map<String, Object> told(String name, boolean deleted) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(NAME, name);
    answer.put("deleted", deleted);
    return answer;
  }

  private void remove(Exchange exchange, String name) throws Exception {
    try (NameLocks.Held held = locks.lock(name)) {
      SlotRoutes.await(exchange, slots.give(Order.unload(name).by(exchange.caller())), true);
      SlotRoutes.await(exchange, boot.disable(name));
      try {
        definitions.delete(name);
      } catch (SlotException.NotFound e) {
        // A unit that ran without a file: its drop-in and its record go all the same.
      }
      SlotRoutes.await(exchange, slots.refresh());
      SlotRoutes.await(exchange, slots.forget(name));
    }
  }
}
