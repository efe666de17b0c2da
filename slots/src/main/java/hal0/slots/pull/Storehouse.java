package hal0.slots.pull;

import hal0.slots.spec.Models;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** The machine's model files and images: what is there, and who fetches what is not. */
public final class Storehouse implements Pulls, AutoCloseable {
  private final Clockwork clock;
  private final FilePull.Tools tools;
  private final BiFunction<SlotSpec, Optional<String>, Models.Entry> models;
  private final ImageStore images;
  private final Map<String, SharedPull> pulls = new HashMap<>();
  private boolean closed;

  /**
   * @param pace how patient its pulls are
   * @param models what is known of a slot's model, asked each time
   * @param environment of podman's and docker's programs
   */
  public Storehouse(
      Sources sources,
      Pace pace,
      Clockwork clock,
      BiFunction<SlotSpec, Optional<String>, Models.Entry> models,
      Map<String, String> environment) {
    this(
        new FilePull.Tools(sources, clock, pace, bootId()),
        models,
        new ImagePrograms(clock, environment));
  }

  Storehouse(
      FilePull.Tools tools,
      BiFunction<SlotSpec, Optional<String>, Models.Entry> models,
      ImageStore images) {
    this.clock = tools.clock();
    this.tools = tools;
    this.models = models;
    this.images = images;
  }

  private static String bootId() {
    try {
      byte[] id = Files.readAllBytes(Path.of("/proc/sys/kernel/random/boot_id"));
      return new String(id, StandardCharsets.US_ASCII).strip();
    } catch (IOException e) {
      // Then nothing is trusted that was not made safe on disk.
      return "";
    }
  }

  @Override
  public boolean concerns(SlotSpec spec, Optional<String> modelId) {
    return file(spec, modelId).isPresent() || image(spec).isPresent();
  }

  private Optional<Want.File> file(SlotSpec spec, Optional<String> modelId) {
    Models.Entry entry = models.apply(spec, modelId);
    if (entry.path().isEmpty() || entry.source().isEmpty()) {
      return Optional.empty();
    }
    Path path = Path.of(entry.path().get()).toAbsolutePath().normalize();
    return Optional.of(
        new Want.File(modelId.orElse(""), path, entry.source().get(), entry.sha256()));
  }

  private static Optional<Want.Image> image(SlotSpec spec) {
    return spec.run().runtime() == SlotSpec.Runtime.EXEC
        ? Optional.empty()
        : spec.run()
            .image()
            .filter(Want.Image::isOfRegistry)
            .map(name -> new Want.Image(spec.run().runtime(), name));
  }

  @Override
  public CompletableFuture<List<Want>> survey(SlotSpec spec, Optional<String> modelId) {
    return CompletableFuture.supplyAsync(
        () -> {
          List<Want> missing = new ArrayList<>();
          file(spec, modelId).filter(file -> !Files.exists(file.path())).ifPresent(missing::add);
          image(spec).filter(images::isMissing).ifPresent(missing::add);
          return List.copyOf(missing);
        },
        clock);
  }

  @Override
  public Pull begin(List<Want> wants, Consumer<Progress> heard) {
    Wish wish = new Wish(List.copyOf(wants), heard);
    wish.next();
    return wish;
  }

  /** What is being fetched now. */
  public List<Progress> underWay() {
    synchronized (pulls) {
      return pulls.values().stream().map(SharedPull::last).toList();
    }
  }

  /**
   * Removes what has come of a file so far, unless somebody fetches it.
   *
   * @return whether there was anything
   */
  public boolean dropPart(Path path) throws IOException {
    synchronized (pulls) {
      Path part = PartFile.of(path);
      boolean fetched = pulls.keySet().contains("file:" + path);
      if (fetched) {
        return false;
      }
      Files.deleteIfExists(part.resolveSibling(part.getFileName() + ".json"));
      return Files.deleteIfExists(part);
    }
  }

  private void run(SharedPull pull) {
    Throwable failure = null;
    try {
      switch (pull.want()) {
        case Want.File file -> new FilePull(file, tools, pull.halt(), pull).run();
        case Want.Image image -> images.pull(image, pull.halt(), pull);
      }
    } catch (PullException e) {
      failure = e.of(pull.want());
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    synchronized (pulls) {
      pulls.remove(pull.want().key(), pull);
    }
    if (failure == null) {
      pull.done().complete(null);
    } else {
      pull.done().completeExceptionally(failure);
    }
  }

  /** Ends all pulls; what has come of them stays. */
  @Override
  public void close() {
    List<SharedPull> running;
    synchronized (pulls) {
      closed = true;
      running = List.copyOf(pulls.values());
    }
    running.forEach(pull -> pull.halt().stop());
  }

  /** What somebody wants, one after the other. */
  private final class Wish implements Pull {
    private final List<Want> wants;
    private final Consumer<Progress> heard;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int at;
    private Optional<SharedPull> joined = Optional.empty();

    private Wish(List<Want> wants, Consumer<Progress> heard) {
      this.wants = wants;
      this.heard = heard;
    }

    private void next() {
      SharedPull pull;
      boolean fresh = false;
      boolean ending;
      synchronized (pulls) {
        if (done.isDone() || closed) {
          done.cancel(false);
          return;
        }
        if (at == wants.size()) {
          done.complete(null);
          return;
        }
        Want want = wants.get(at);
        pull = pulls.get(want.key());
        fresh = pull == null;
        if (fresh) {
          pull = new SharedPull(want, clock);
          pulls.put(want.key(), pull);
        }
        ending = pull.halt().isStopped();
        joined = ending ? Optional.empty() : Optional.of(pull);
      }
      follow(pull, fresh, ending);
    }

    private void follow(SharedPull pull, boolean fresh, boolean ending) {
      if (ending) {
        // Those who wanted it have just left; it is begun anew when its file is let go.
        pull.done().whenComplete((ended, failure) -> clock.execute(this::next));
        return;
      }
      if (!pull.want().equals(wants.get(at))) {
        fail(
            new PullException(
                    "it is being fetched from " + pull.want().from() + " for another slot",
                    Map.of())
                .of(wants.get(at)));
        return;
      }
      pull.join(heard);
      pull.done().whenComplete((ended, failure) -> ended(pull, failure));
      if (fresh) {
        clock.execute(() -> run(pull));
      }
    }

    private void ended(SharedPull pull, Throwable failure) {
      pull.leave(heard);
      if (failure instanceof CancellationException && !done.isDone()) {
        // It was ended for others' sake.
        clock.execute(this::next);
      } else if (failure != null) {
        fail(failure);
      } else {
        at++;
        clock.execute(this::next);
      }
    }

    private void fail(Throwable failure) {
      done.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<Void> done() {
      return done;
    }

    @Override
    public void cancel() {
      done.cancel(false);
      synchronized (pulls) {
        joined
            .filter(pull -> pull.leave(heard))
            .ifPresent(pull -> clock.execute(pull.halt()::stop));
      }
    }
  }
}
