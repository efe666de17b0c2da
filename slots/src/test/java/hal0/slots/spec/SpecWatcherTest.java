package hal0.slots.spec;

import static org.assertj.core.api.Assertions.assertThat;

import hal0.slots.time.Clockwork;
import hal0.slots.time.SystemClockwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecWatcherTest {
  @TempDir Path temp;

  /**
   * Time that stands still until a test moves it; tasks that would run on their own thread never
   * do: no kernel's word.
   */
  private static final class ManualClockwork implements Clockwork {
    private record Task(long at, int number, Runnable task) {}

    private final List<Task> tasks = new ArrayList<>();
    private long now;
    private int number;

    void advance(Duration by) {
      long until = now + by.toNanos();
      while (true) {
        Task next =
            tasks.stream()
                .min(Comparator.comparingLong(Task::at).thenComparingInt(Task::number))
                .orElse(null);
        if (next == null || next.at() > until) {
          now = until;
          return;
        }
        tasks.remove(next);
        now = next.at();
        next.task().run();
      }
    }

    @Override
    public Instant now() {
      return Instant.EPOCH.plusNanos(now);
    }

    @Override
    public long nanos() {
      return now;
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
      Task entry = new Task(now + delay.toNanos(), number++, task);
      tasks.add(entry);
      return () -> tasks.remove(entry);
    }

    @Override
    public void execute(Runnable task) {}

    @Override
    public RandomGenerator random() {
      throw new UnsupportedOperationException();
    }
  }

  @Test
  void withoutTheKernelsWordItLooksEachSecond() throws IOException {
    ManualClockwork clock = new ManualClockwork();
    Path slots = temp.resolve("slots");
    Path models = temp.resolve("models.toml");
    int[] told = {0};
    Duration second = Duration.ofSeconds(1);
    try (SpecWatcher watcher = new SpecWatcher(slots, List.of(models), clock, () -> told[0]++)) {
      watcher.start();
      clock.advance(Duration.ofSeconds(10));
      assertThat(told[0]).as("a directory that is not there").isZero();

      List<Runnable> changes =
          List.of(
              () -> write(slots.resolve("a.toml"), "1"),
              () -> write(slots.resolve("a.toml"), "22"),
              () -> write(slots.resolve("b.toml"), "1"),
              () -> remove(slots.resolve("a.toml")),
              () -> write(models, "x"),
              () -> link(slots.resolve("c.toml"), temp.resolve("target")),
              () -> write(temp.resolve("target"), "x"),
              () -> move(slots, temp.resolve("away")),
              () -> move(temp.resolve("away"), slots));
      for (int i = 0; i < changes.size(); i++) {
        changes.get(i).run();
        clock.advance(second);
        assertThat(told[0]).as("change %d", i).isEqualTo(i + 1);
        clock.advance(Duration.ofSeconds(5));
        assertThat(told[0]).as("nothing after change %d", i).isEqualTo(i + 1);
      }
      write(slots.resolve("a.toml.tmp"), "x");
      write(slots.resolve(".a.toml"), "x");
      clock.advance(second);
      assertThat(told[0]).as("files that are no slots").isEqualTo(changes.size());
    }
    write(slots.resolve("z.toml"), "x");
    clock.advance(second);
    assertThat(told[0]).as("after its end").isEqualTo(9);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void remove(Path file) {
    assertThat(file.toFile().delete()).isTrue();
  }

  private static void link(Path link, Path target) {
    try {
      Files.createSymbolicLink(link, target);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /**
   * No state comes twice, so that whatever the watcher missed on the way, the last one must be
   * told.
   */
  @Test
  void onTheRealClock() throws Exception {
    Path file = temp.resolve("slots").resolve("a.toml");
    LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();
    Runnable change =
        () -> {
          told.add(text(file));
          throw new IllegalStateException("a listener that fails, as it should in this test");
        };
    try (SpecWatcher watcher =
        new SpecWatcher(file.getParent(), List.of(), new SystemClockwork(), change)) {
      watcher.start();
      for (int round = 0; round < 3; round++) {
        if (round > 0) {
          remove(file);
          remove(file.getParent());
        }
        write(file, "round " + round);
        await(told, "round " + round);
        write(file, "round " + round + ", again");
        await(told, "round " + round + ", again");
      }
    }
  }

  private static void await(LinkedBlockingQueue<String> told, String wanted)
      throws InterruptedException {
    String last;
    do {
      last = told.poll(60, TimeUnit.SECONDS);
    } while (last != null && !last.equals(wanted));
    assertThat(last).isEqualTo(wanted);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "none";
    }
  }
}
