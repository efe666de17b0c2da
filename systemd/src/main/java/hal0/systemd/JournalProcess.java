package hal0.systemd;

import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static java.lang.ProcessBuilder.Redirect.PIPE;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Runs {@code journalctl} within limits: time, lines, and the length of each. */
final class JournalProcess {
  private static final int SECONDS = 5;
  private static final int LONGEST_LINE = 16 * 1024;
  private static final int MOST_CHARACTERS = 4 * 1024 * 1024;

  private JournalProcess() {}

  /**
   * The last {@code most} lines of what it prints; those it printed in time when it takes too long.
   */
  static List<String> read(List<String> command, Map<String, String> environment, int most)
      throws IOException, InterruptedException {
    Process process = start(command, environment, PIPE, DISCARD);
    ArrayDeque<String> last = new ArrayDeque<>();
    within(
        process,
        () -> {
          Lines lines = new Lines(process.getInputStream());
          int characters = 0;
          for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
            last.addLast(line.get());
            characters += line.get().length();
            while (last.size() > most || characters > MOST_CHARACTERS) {
              characters -= last.removeFirst().length();
            }
          }
        });
    return List.copyOf(last);
  }

  /** What it says on its standard error, in one line. */
  static String complaints(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    // Whatever it prints is thrown away by the system: a closed pipe would end it before it
    // complains.
    Process process = start(command, environment, DISCARD, PIPE);
    StringBuilder said = new StringBuilder();
    within(
        process,
        () -> {
          byte[] bytes = process.getErrorStream().readNBytes(LONGEST_LINE);
          said.append(new String(bytes, StandardCharsets.UTF_8).strip().replaceAll("\\s+", " "));
        });
    return said.toString();
  }

  private static Process start(
      List<String> command,
      Map<String, String> environment,
      ProcessBuilder.Redirect output,
      ProcessBuilder.Redirect errors)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output).redirectError(errors);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C");
    builder.environment().put("SYSTEMD_COLORS", "0");
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Something that reads until the process ends. */
  private interface Reading {
    void run() throws IOException;
  }

  /** Reads, and ends the process when its time is over, which ends the reading. */
  private static void within(Process process, Reading reading)
      throws IOException, InterruptedException {
    Thread guard =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                      process.destroyForcibly();
                    }
                  } catch (InterruptedException done) {
                    process.destroyForcibly();
                  }
                });
    try {
      reading.run();
    } catch (IOException closed) {
      if (process.isAlive()) {
        throw closed;
      }
    } finally {
      guard.interrupt();
      guard.join();
    }
  }

  /** A {@code journalctl --follow}. */
  static final class Following implements Journal.LineStream {
    private final Process process;
    private final Lines lines;

    Following(List<String> command, Map<String, String> environment) throws IOException {
      process = start(command, environment, PIPE, DISCARD);
      lines = new Lines(process.getInputStream());
    }

    @Override
    public Optional<String> next() {
      try {
        return lines.next();
      } catch (IOException closed) {
        return Optional.empty();
      }
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  /** Lines of bounded length: the rest of a longer one is dropped. */
  private static final class Lines {
    private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;?]*[A-Za-z]");
    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\t]]");

    private final InputStream in;

    Lines(InputStream in) {
      this.in = new BufferedInputStream(in, 64 * 1024);
    }

    Optional<String> next() throws IOException {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int octet = in.read();
      if (octet < 0) {
        return Optional.empty();
      }
      while (octet >= 0 && octet != '\n') {
        if (line.size() < LONGEST_LINE) {
          line.write(octet);
        }
        octet = in.read();
      }
      String plain = COLOURS.matcher(line.toString(StandardCharsets.UTF_8)).replaceAll("");
      return Optional.of(CONTROLS.matcher(plain).replaceAll(" "));
    }
  }
}
