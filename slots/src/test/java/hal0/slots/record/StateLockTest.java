package hal0.slots.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import hal0.slots.time.SystemClockwork;
import java.io.BufferedReader;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
  private final SystemClockwork clock = new SystemClockwork();

  @TempDir Path state;

  /**
   * Takes the lock of the directory that is its argument, says so, and stays until its input ends.
   */
  static final class Holder {
    public static void main(String[] args) throws Exception {
      try (StateLock _ = StateLock.take(Path.of(args[0]), new SystemClockwork())) {
        System.out.println("held");
        System.in.read();
      }
    }
  }

  @Test
  void isHeldOnceInAProcess() throws Exception {
    try (StateLock _ = StateLock.take(state.resolve("new"), clock)) {
      Path link = Files.createSymbolicLink(state.resolve("link"), state.resolve("new"));
      assertThatExceptionOfType(StateLock.Held.class).isThrownBy(() -> StateLock.take(link, clock));
      assertThat(Files.readString(state.resolve("new/lock")))
          .matches("pid " + ProcessHandle.current().pid() + " since \\S+Z\n");
    }
    StateLock.take(state.resolve("new"), clock).close();
  }

  @Test
  void namesItsHolderAndDiesWithIt() throws Exception {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classes(StateLock.class) + File.pathSeparator + classes(StateLockTest.class),
                Holder.class.getName(),
                state.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said = holder.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("held");
      assertThatExceptionOfType(StateLock.Held.class)
          .isThrownBy(() -> StateLock.take(state, clock))
          .withMessageContaining("pid " + holder.pid() + ", since ")
          .withMessageContaining(state.toRealPath().toString());
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(60, TimeUnit.SECONDS)).isTrue();
    StateLock.take(state, clock).close();
  }

  private static Path classes(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
