package hal0.tests.sim;

import hal0.slots.pull.Progress;
import hal0.slots.pull.PullException;
import hal0.slots.pull.Pulls;
import hal0.slots.pull.Want;
import hal0.slots.spec.SlotSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Model files on a disk that outlives the daemon, and where they come from. Which file a slot needs
 * follows from its model; slots with the same model need the same file. What a daemon uses is
 * {@link #open}.
 */
public final class FakePulls {
  private static final long SIZE = 4_000_000_000L;
  private static final Duration TICK = Duration.ofMillis(500);

  private final SimClockwork clock;
  private final Random random;
  private final Set<Path> there = new HashSet<>();
  private final Map<Path, Long> parts = new TreeMap<>();
  private final Map<Path, Life> writers = new TreeMap<>();
  private int failures;
  private int stalls;
  private Duration usual = Duration.ofSeconds(3);
  private Consumer<String> broken = rule -> {};
  private long lostAt = -Duration.ofDays(1).toNanos();

  /** An empty disk, and a good source. */
  public FakePulls(SimClockwork clock, long seed) {
    this.clock = clock;
    this.random = new Random(seed * 31 + 9);
  }

  /** The next pulls fail in the middle. */
  public void failNext(int pulls) {
    failures += pulls;
  }

  /** The next pulls bring nothing for long, and then fail. */
  public void stallNext(int pulls) {
    stalls += pulls;
  }

  /** How long a whole file takes from now on. */
  public void usually(Duration whole) {
    usual = whole;
  }

  /** All files are gone. */
  public void lose() {
    there.clear();
    parts.clear();
    lostAt = clock.nanos();
  }

  /** The source is good from now on. */
  public void heal() {
    failures = 0;
    stalls = 0;
    usual = Duration.ofSeconds(3);
  }

  /** Who hears of two who write one file at once. */
  public void whenBroken(Consumer<String> listener) {
    broken = listener;
  }

  /** Whether the file of a slot's model is there, or none is needed. */
  public boolean has(SlotSpec spec, Optional<String> model) {
    return file(spec, model).filter(file -> !there.contains(file.path())).isEmpty();
  }

  /** Whether files went away within that time. */
  public boolean hasLost(Duration within) {
    return clock.nanos() - lostAt < within.toNanos();
  }

  private static Optional<Want.File> file(SlotSpec spec, Optional<String> model) {
    String id = model.orElse("");
    return spec.model()
        .source()
        .filter(source -> !id.isEmpty())
        .map(source -> new Want.File(id, Path.of("/models", id), source, Optional.empty()));
  }

  /** The disk as one life of the daemon sees it. */
  public Pulls open(Life life) {
    return new View(life);
  }

  private final class View implements Pulls {
    private final Life life;
    private final Map<Path, Shared> shared = new TreeMap<>();

    private View(Life life) {
      this.life = life;
    }

    @Override
    public boolean concerns(SlotSpec spec, Optional<String> modelId) {
      return file(spec, modelId).isPresent();
    }

    @Override
    public CompletableFuture<List<Want>> survey(SlotSpec spec, Optional<String> modelId) {
      life.at("survey of " + spec.name());
      CompletableFuture<List<Want>> answer = new CompletableFuture<>();
      life.schedule(
          Duration.ofMillis(random.nextInt(300)),
          () -> {
            List<Want> wants = new ArrayList<>();
            file(spec, modelId).filter(file -> !there.contains(file.path())).ifPresent(wants::add);
            answer.complete(wants);
          });
      return answer;
    }

    @Override
    public Pull begin(List<Want> wants, Consumer<Progress> heard) {
      Want.File file = (Want.File) wants.getFirst();
      life.at("before the pull of " + file.name());
      Shared pull = shared.computeIfAbsent(file.path(), path -> new Shared(life, file, shared));
      Wish wish = new Wish(pull, heard);
      pull.join(wish);
      life.at("after the pull of " + file.name() + " was begun");
      return wish;
    }
  }

  private record Wish(Shared pull, Consumer<Progress> heard, CompletableFuture<Void> done)
      implements Pulls.Pull {
    private Wish(Shared pull, Consumer<Progress> heard) {
      this(pull, heard, new CompletableFuture<>());
    }

    @Override
    public void cancel() {
      done.cancel(false);
      pull.leave(this);
    }
  }

  private final class Shared {
    private final Life life;
    private final Want.File file;
    private final Map<Path, Shared> others;
    private final List<Wish> wishes = new ArrayList<>();
    private final boolean fails = failures > 0;
    private final boolean isStalled;
    private final long failsAt;
    private final long stallsUntil;
    private boolean over;

    private Shared(Life life, Want.File file, Map<Path, Shared> others) {
      this.life = life;
      this.file = file;
      this.others = others;
      failures -= fails ? 1 : 0;
      this.isStalled = !fails && stalls > 0;
      stalls -= isStalled ? 1 : 0;
      this.failsAt = (long) (SIZE * random.nextDouble());
      this.stallsUntil = clock.nanos() + Duration.ofSeconds(60 + random.nextInt(60)).toNanos();
      Life other = writers.put(file.path(), life);
      if (other != null && !other.isOver()) {
        broken.accept("two write " + file.path());
      }
      life.schedule(TICK, this::tick);
    }

    private void join(Wish wish) {
      wishes.add(wish);
    }

    private void leave(Wish wish) {
      wishes.remove(wish);
      if (wishes.isEmpty()) {
        end();
      }
    }

    private void end() {
      if (!over) {
        over = true;
        others.remove(file.path(), this);
        writers.remove(file.path());
      }
    }

    private void tick() {
      if (over) {
        return;
      }
      life.at("a piece of " + file.name());
      long has = parts.getOrDefault(file.path(), 0L);
      if (isStalled) {
        if (clock.nanos() > stallsUntil) {
          fail("no byte came for 60 s");
          return;
        }
      } else {
        has += (long) (SIZE * (double) TICK.toNanos() / usual.toNanos());
        parts.put(file.path(), Math.min(has, SIZE));
        tell(Math.min(has, SIZE));
      }
      if (fails && has >= failsAt) {
        fail("the server answered 404");
      } else if (has >= SIZE) {
        arrive();
      } else {
        life.schedule(TICK, this::tick);
      }
    }

    private void tell(long has) {
      Progress progress =
          new Progress(file, Progress.Phase.FETCHING, has, OptionalLong.of(SIZE), 1, "");
      List.copyOf(wishes).forEach(wish -> wish.heard().accept(progress));
    }

    private void arrive() {
      parts.remove(file.path());
      there.add(file.path());
      List<Wish> answered = List.copyOf(wishes);
      end();
      answered.forEach(wish -> wish.done().complete(null));
    }

    private void fail(String why) {
      List<Wish> answered = List.copyOf(wishes);
      end();
      answered.forEach(wish -> wish.done().completeExceptionally(new PullException(why, Map.of())));
    }
  }
}
