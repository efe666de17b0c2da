package hal0.tests.sim;

import hal0.slots.spec.SlotFile;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus.Exit;
import hal0.tests.sim.FakeProcess.Mood;
import hal0.tests.sim.Program.Loading;
import hal0.tests.sim.Program.Stopping;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Short stories of one slot, told so that a daemon can be killed anywhere in them. */
enum Story {
  NOTHING_BUT_A_START(List.of(wait(2))),
  LOAD(List.of(ask("load"), wait(6))),
  LOAD_OF_ANOTHER_MODEL(List.of(ask("load", "other"), wait(6))),
  LOAD_THAT_FETCHES(List.of(sourced(), ask("load"), wait(12))),
  LOAD_THAT_FETCHES_IN_VAIN(
      List.of(sourced(), pulls(world -> world.failNext(1)), ask("load"), wait(12))),
  FETCH_THAT_IS_CANCELLED(
      List.of(sourced(), ask("load"), wait(2), ask("unload"), wait(2), ask("load"), wait(10))),
  FETCH_THAT_STALLS(List.of(sourced(), pulls(world -> world.stallNext(1)), ask("load"), wait(130))),
  UNLOAD(List.of(ask("load"), wait(4), ask("unload"), wait(4))),
  SWAP(List.of(ask("load"), wait(4), ask("swap", "other"), wait(6))),
  RESTART(List.of(ask("load"), wait(4), ask("restart"), wait(6))),
  LOAD_THAT_IS_CANCELLED(List.of(ask("load"), wait(1), ask("unload"), wait(4))),
  LOAD_AFTER_A_DEATH(List.of(ask("load"), wait(4), dies(new Exit(false, 1)), ask("load"), wait(8))),
  LOAD_THAT_DIES(List.of(program(Loading.EXITS), ask("load"), wait(12))),
  LOAD_THAT_DIES_AGAIN_AND_AGAIN(
      List.of(
          program(Loading.EXITS),
          program(Loading.EXITS),
          program(Loading.EXITS),
          program(Loading.RUNS_OUT_OF_MEMORY),
          program(Loading.EXITS),
          program(Loading.EXITS),
          ask("load"),
          wait(40))),
  LOAD_THAT_NEVER_ENDS(List.of(program(Loading.NEVER_ENDS), ask("load"), wait(35))),
  LOAD_OF_NOTHING(List.of(program(Loading.STAYS_EMPTY), ask("load"), wait(10))),
  STOP_THAT_IS_IGNORED(
      List.of(program(Stopping.IGNORES), ask("load"), wait(4), ask("unload"), wait(45))),
  STOP_THAT_ENDS_BADLY(
      List.of(program(Stopping.EXITS_BADLY), ask("load"), wait(4), ask("unload"), wait(5))),
  DEATH(List.of(ask("load"), wait(4), dies(new Exit(true, 9)), wait(8))),
  CLEAN_EXIT(List.of(ask("load"), wait(4), dies(new Exit(false, 0)), wait(3))),
  HUNG(List.of(ask("load"), wait(4), feels(Mood.HUNG), wait(60), feels(Mood.WELL), wait(15))),
  PERSON_STARTS_AND_STOPS(List.of(person("start"), wait(6), person("stop"), wait(3))),
  PERSON_STOPS_A_LOAD(List.of(ask("load"), wait(1), person("stop"), wait(3))),
  PERSON_RESTARTS(List.of(ask("load"), wait(4), person("restart"), wait(6))),
  FILE_EDITED(List.of(ask("load"), wait(4), edited(), wait(1), ask("restart"), wait(6))),
  BUS_GOES_IN_A_LOAD(List.of(ask("load"), bus(false), wait(5), bus(true), wait(6))),
  DISK_IS_FULL_IN_AN_UNLOAD(
      List.of(ask("load"), wait(4), disk(true), ask("unload"), wait(5), disk(false), wait(5)));

  static final String SLOT = "chat";

  /** One thing that happens; time goes on in {@link Wait} alone. */
  sealed interface Scene {}

  /** A command; it is lost where no daemon runs. */
  record Ask(String verb, Optional<String> model) implements Scene {}

  /** Time goes on. */
  record Wait(Duration time) implements Scene {}

  /** Something happens to the world. */
  record Happen(Change change) implements Scene {}

  /** What happens to the world. */
  @FunctionalInterface
  interface Change {
    void to(SlotWorld world);
  }

  @SuppressWarnings("ImmutableEnumChecker") // scenes keep nothing
  private final List<Scene> scenes;

  Story(List<Scene> scenes) {
    this.scenes = scenes;
  }

  List<Scene> scenes() {
    return scenes;
  }

  private static Scene wait(int seconds) {
    return new Wait(Duration.ofSeconds(seconds));
  }

  private static Scene ask(String verb) {
    return new Ask(verb, Optional.empty());
  }

  private static Scene ask(String verb, String model) {
    return new Ask(verb, Optional.of(model));
  }

  private static Scene program(Loading loading) {
    return new Happen(world -> world.program(SLOT, Program.wellBehaved().with(loading)));
  }

  private static Scene program(Stopping stopping) {
    return new Happen(world -> world.program(SLOT, Program.wellBehaved().with(stopping)));
  }

  private static Scene dies(Exit how) {
    String result = how.bySignal() ? "signal" : how.status() == 0 ? "success" : "exit-code";
    return new Happen(world -> world.systemd().processEnds(UnitName.ofSlot(SLOT), result, how));
  }

  private static Scene feels(Mood mood) {
    return new Happen(world -> world.process(SLOT).ifPresent(one -> one.feels(mood)));
  }

  private static Scene person(String verb) {
    return new Happen(world -> world.systemd().person(verb, UnitName.ofSlot(SLOT)));
  }

  private static Scene edited() {
    return new Happen(
        world ->
            world.write(
                SlotFile.usable(Slots.withModel(world.spec(SLOT).orElseThrow(), "edited"))));
  }

  private static Scene sourced() {
    return new Happen(
        world -> world.write(SlotFile.usable(Slots.withSource(world.spec(SLOT).orElseThrow()))));
  }

  private static Scene pulls(java.util.function.Consumer<FakePulls> change) {
    return new Happen(world -> change.accept(world.pulls()));
  }

  private static Scene bus(boolean up) {
    return new Happen(
        world -> {
          if (up) {
            world.systemd().bus().recover();
          } else {
            world.systemd().bus().fail();
          }
        });
  }

  private static Scene disk(boolean full) {
    return new Happen(world -> world.store().full(full));
  }
}
