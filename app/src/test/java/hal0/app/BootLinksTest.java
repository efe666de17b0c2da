package hal0.app;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecFile;
import hal0.slots.time.Clockwork;
import hal0.systemd.JobResult;
import hal0.systemd.SystemdException;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links follow the slot files, and whatever a person linked stays. */
final class BootLinksTest {
  @TempDir private Path units;
  private final Links systemd = new Links();
  private final Now clock = new Now();
  private final Map<String, SlotFile> files = new HashMap<>();
  private BootLinks links;

  @BeforeEach
  void begin() {
    links = new BootLinks(systemd, units, clock);
  }

  private void file(String name, String more) {
    String text = "provider = \"flm\"\nport = " + (8000 + name.hashCode() % 500) + "\n" + more;
    files.put(name, SpecFile.parse(name, text));
  }

  private List<String> see() {
    systemd.asked.clear();
    links.see(files);
    return systemd.asked;
  }

  @Test
  void aFileThatSaysSoIsLinkedOnce() {
    file("a", "");
    file("b", "enabled = false");
    file("c", "enabled = maybe");
    assertThat(see()).containsExactly("enable a");
    assertThat(see()).isEmpty();
    file("b", "enabled = true");
    file("c", "enabled = true");
    assertThat(see()).containsExactlyInAnyOrder("enable b", "enable c");
  }

  @Test
  void theLinkGoesWithTheWordOrTheFile() {
    file("a", "");
    file("b", "");
    see();
    file("a", "enabled = false");
    files.remove("b");
    assertThat(see()).containsExactlyInAnyOrder("disable a", "disable b");
    file("b", "");
    assertThat(see()).containsExactly("enable b");
    file("b", "enabled = maybe");
    assertThat(see()).isEmpty();
    file("b", "enabled = false");
    assertThat(see()).containsExactly("disable b");
  }

  @Test
  void whatIsAsWantedIsLeftAlone() {
    systemd.enable(UnitName.ofSlot("a"));
    systemd.enable(UnitName.ofSlot("b"));
    file("a", "");
    file("b", "enabled = false");
    assertThat(see()).isEmpty();
    systemd.disable(UnitName.ofSlot("a"));
    assertThat(see()).as("somebody's own deed").isEmpty();
  }

  @Test
  void itIsDoneAsSoonAsItCanBe() {
    systemd.failure = new SystemdException.BusDown("no bus", null);
    file("a", "");
    file("b", "");
    assertThat(see()).isEmpty();
    files.remove("b");
    assertThat(see()).isEmpty();
    systemd.failure = new SystemdException.NoSuchUnit("no template", null);
    clock.goOn();
    systemd.failure = null;
    clock.goOn();
    assertThat(systemd.asked).containsExactly("enable a");
    assertThat(clock.waiting).isEmpty();

    file("a", "enabled = false");
    systemd.failure = new SystemdException.BusDown("no bus", null);
    see();
    links.close();
    systemd.failure = null;
    clock.goOn();
    assertThat(systemd.asked).isEmpty();
  }

  /** Makes and removes links as systemd would, or fails. */
  private final class Links implements UnitControl {
    final List<String> asked = new ArrayList<>();
    SystemdException failure;

    private Path link(UnitName unit) {
      return units.resolve("default.target.wants").resolve(unit.value());
    }

    @Override
    public CompletableFuture<Void> enable(UnitName unit) {
      return change("enable ", unit);
    }

    @Override
    public CompletableFuture<Void> disable(UnitName unit) {
      return change("disable ", unit);
    }

    private CompletableFuture<Void> change(String verb, UnitName unit) {
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      asked.add(verb + unit.slot().orElseThrow());
      try {
        Files.createDirectories(link(unit).getParent());
        if (verb.startsWith("enable")) {
          Files.createSymbolicLink(link(unit), units.resolve("hal0-slot@.service"));
        } else {
          Files.delete(link(unit));
        }
        return CompletableFuture.completedFuture(null);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public CompletableFuture<JobResult> start(UnitName unit, Duration deadline) {
      throw new AssertionError("started " + unit);
    }

    @Override
    public CompletableFuture<JobResult> stop(UnitName unit, Duration deadline) {
      throw new AssertionError("stopped " + unit);
    }

    @Override
    public CompletableFuture<Void> resetFailed(UnitName unit) {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<Void> kill(UnitName unit) {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<Void> reload() {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<UnitStatus> status(UnitName unit) {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<List<UnitName>> list() {
      throw new AssertionError();
    }

    @Override
    public CompletableFuture<Void> ping(Duration deadline) {
      throw new AssertionError();
    }
  }

  /** Everything happens at once, but for what waits, which waits until it is told to go on. */
  private static final class Now implements Clockwork {
    final List<Runnable> waiting = new ArrayList<>();

    void goOn() {
      List<Runnable> tasks = List.copyOf(waiting);
      waiting.clear();
      tasks.forEach(Runnable::run);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      waiting.add(task);
      return () -> waiting.remove(task);
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public long nanos() {
      return 0;
    }

    @Override
    public RandomGenerator random() {
      throw new AssertionError();
    }
  }
}
