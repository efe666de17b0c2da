package hal0.slots.pull;

import hal0.slots.pull.Progress.Phase;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Images by way of podman's and docker's own programs, as children of this process. */
final class ImagePrograms implements ImageStore {
  private static final Duration LOOK = Duration.ofSeconds(10);

  /**
   * A program that does nothing for so long is ended: it neither says, reads nor writes anything.
   */
  private static final Duration STUCK = Duration.ofMinutes(5);

  private static final Duration TICK = Duration.ofSeconds(2);
  private static final int LAST_LINES = 5;
  private static final int LONGEST_LINE = 300;

  private final Clockwork clock;
  private final Map<String, String> environment;

  /**
   * @param environment of the programs
   */
  ImagePrograms(Clockwork clock, Map<String, String> environment) {
    this.clock = clock;
    this.environment = environment;
  }

  @Override
  public boolean isMissing(Want.Image image) {
    boolean docker = image.runtime() == SlotSpec.Runtime.DOCKER;
    List<String> argv =
        docker
            ? List.of("docker", "image", "inspect", "--format", "{{.Id}}", image.name())
            : List.of("podman", "image", "exists", image.name());
    try {
      Process process = start(argv, ProcessBuilder.Redirect.PIPE);
      List<String> said = new ArrayList<>();
      CompletableFuture<Void> read = CompletableFuture.runAsync(() -> lines(process, said), clock);
      Clockwork.Timer late = clock.schedule(LOOK, process::destroyForcibly);
      int exit = process.waitFor();
      late.cancel();
      read.join();
      // Another status, or another complaint, does not say that the image is missing.
      return exit == 1 && (!docker || said.stream().anyMatch(l -> l.contains("No such image")));
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void lines(Process process, List<String> into) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        into.add(line);
      }
    } catch (IOException e) {
      into.add(String.valueOf(e.getMessage()));
    }
  }

  private Process start(List<String> argv, ProcessBuilder.Redirect output) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).redirectOutput(output).start();
    process.getOutputStream().close();
    return process;
  }

  @Override
  public void pull(Want.Image image, Halt halt, FilePull.Listener heard) throws PullException {
    String program = ImageStore.program(image.runtime());
    Process process;
    try {
      process = start(List.of(program, "pull", image.name()), ProcessBuilder.Redirect.PIPE);
    } catch (IOException e) {
      throw new PullException(program + " cannot be run: " + e.getMessage(), Map.of());
    }
    Run run = new Run(process, heard);
    clock.schedule(TICK, run::tick);
    try (Halt.Watch watch = halt.watch(run::end)) {
      run.read();
      int exit = process.onExit().get().exitValue();
      halt.check();
      if (exit != 0) {
        throw run.failed(program, exit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new CompletionException(e);
    } catch (ExecutionException e) {
      throw new CompletionException(e);
    }
  }

  /** One program that fetches. */
  private final class Run {
    private final Process process;
    private final FilePull.Listener heard;
    private final Deque<String> last = new ArrayDeque<>();
    private volatile String line = "";
    private volatile long movedAt = clock.nanos();
    private volatile long moved;
    private volatile boolean stuck;

    private Run(Process process, FilePull.Listener heard) {
      this.process = process;
      this.heard = heard;
    }

    private void read() {
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String next = reader.readLine(); next != null; next = reader.readLine()) {
          said(next.strip());
        }
      } catch (IOException e) {
        said(String.valueOf(e.getMessage()));
      }
    }

    private void said(String next) {
      if (next.isEmpty()) {
        return;
      }
      line = next.length() > LONGEST_LINE ? next.substring(0, LONGEST_LINE) : next;
      movedAt = clock.nanos();
      synchronized (last) {
        last.addLast(line);
        if (last.size() > LAST_LINES) {
          last.removeFirst();
        }
      }
      tell();
    }

    private void tell() {
      // How much it is in all is not told to programs, and the layers are counted by nobody.
      heard.heard(Phase.FETCHING, 0, OptionalLong.empty(), line);
    }

    /** Looks whether it still does something, and says so. */
    private void tick() {
      if (!process.isAlive()) {
        return;
      }
      long now = traffic();
      if (now != moved) {
        moved = now;
        movedAt = clock.nanos();
        tell();
      }
      if (clock.nanos() - movedAt > STUCK.toNanos()) {
        stuck = true;
        end();
      } else {
        clock.schedule(TICK, this::tick);
      }
    }

    /** Bytes that it has read and written, as the kernel counts them. */
    private long traffic() {
      try {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/io")).stream()
            .filter(l -> l.startsWith("rchar:") || l.startsWith("wchar:"))
            .mapToLong(l -> Long.parseLong(l.substring(6).strip()))
            .sum();
      } catch (IOException | NumberFormatException e) {
        return moved;
      }
    }

    private void end() {
      process.destroy();
      clock.schedule(Duration.ofSeconds(5), process::destroyForcibly);
    }

    private PullException failed(String program, int exit) {
      List<String> lines;
      synchronized (last) {
        lines = List.copyOf(last);
      }
      String said = lines.isEmpty() ? "it said nothing" : lines.getLast();
      String why = stuck ? "did nothing for " + STUCK.toMinutes() + " minutes" : said;
      return new PullException(
          program + " pull ended with " + exit + ": " + why,
          Map.of("exit_status", exit, "output", lines));
    }
  }
}
