package hal0.tests.bed;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A program that has run to its end. Immutable.
 *
 * @param argv what was run
 * @param exit its exit code, 128 + the signal's number where one ended it
 * @param out what it wrote to standard output, as UTF-8
 * @param err what it wrote to standard error
 */
public record Ran(List<String> argv, int exit, String out, String err) {
  private static final Executor READERS = task -> Thread.ofVirtual().start(task);

  /**
   * Runs a program, with nothing on its standard input.
   *
   * @param environment added to this process's own; an empty value takes the variable away
   * @param limit after that it is killed and an {@link IllegalStateException} tells what it wrote
   */
  public static Ran of(Map<String, String> environment, Duration limit, List<String> argv) {
    ProcessBuilder builder = new ProcessBuilder(argv);
    environment(builder, environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      CompletableFuture<String> out =
          CompletableFuture.supplyAsync(() -> all(process.getInputStream()), READERS);
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> all(process.getErrorStream()), READERS);
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        throw new IllegalStateException(
            argv + " did not end in " + limit + ": " + err.join() + out.join());
      }
      return new Ran(List.copyOf(argv), process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + argv, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + argv + " ran", e);
    }
  }

  /** The output without the space around it; throws where the program failed. */
  public String orThrow() {
    if (exit != 0) {
      throw new IllegalStateException(this.toString());
    }
    return out.strip();
  }

  /** Whether its exit code was 0. */
  public boolean ok() {
    return exit == 0;
  }

  @Override
  public String toString() {
    return String.join(" ", argv) + " -> " + exit + "\n" + out + err;
  }

  static void environment(ProcessBuilder builder, Map<String, String> environment) {
    environment.forEach(
        (name, value) -> {
          if (value.isEmpty()) {
            builder.environment().remove(name);
          } else {
            builder.environment().put(name, value);
          }
        });
  }

  private static String all(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(unreadable: " + e.getMessage() + ")";
    }
  }
}
