package hal0.tests.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Runs one target on its whole corpus and then on changed inputs. The suite does a fixed number of
 * rounds from a fixed seed, or fewer where the machine is slow; {@code -Dhal0.fuzz=10m} goes on for
 * so long, from a new seed. A failure says how to replay it and keeps its input.
 */
final class Fuzz {
  private static final long SEED = 20_261_122;
  private static final Duration SHORT = Duration.ofSeconds(6);
  private static final int MOST = 64 << 10;

  /** What is done with an input; throws for what must not be. */
  interface Target {
    void take(byte[] input) throws Exception;
  }

  private final String name;
  private final Target target;
  private final List<byte[]> corpus;

  private Fuzz(String name, Target target) throws IOException {
    this.name = name;
    this.target = target;
    this.corpus = corpus(name);
  }

  /**
   * Runs it.
   *
   * @param name of the directory that holds the corpus
   * @param rounds how many changed inputs the suite tries
   */
  static void run(String name, int rounds, Target target) throws IOException {
    Fuzz fuzz = new Fuzz(name, target);
    for (byte[] input : fuzz.corpus) {
      fuzz.attempt(input, "the corpus as it is");
    }
    String wanted = System.getProperty("hal0.fuzz", "");
    if (wanted.isEmpty()) {
      fuzz.change(SEED, rounds, SHORT);
    } else {
      long seed = Long.getLong("hal0.fuzz.seed", System.nanoTime());
      Duration limit = Duration.parse("PT" + wanted.toUpperCase(Locale.ROOT));
      System.out.println("[fuzz] " + name + ": for " + wanted + ", -Dhal0.fuzz.seed=" + seed);
      fuzz.change(seed, Integer.MAX_VALUE, limit);
    }
  }

  private void change(long seed, int rounds, Duration limit) throws IOException {
    long end = System.nanoTime() + limit.toNanos();
    int round = 0;
    for (; round < rounds && System.nanoTime() < end; round++) {
      Random random = new Random(seed + round);
      byte[] input = new Mutator(random, corpus, MOST).next();
      attempt(input, "seed " + (seed + round));
    }
    System.out.println("[fuzz] " + name + ": " + corpus.size() + " kept inputs, " + round + " new");
  }

  private void attempt(byte[] input, String where) throws IOException {
    try {
      target.take(input);
    } catch (Throwable failure) {
      Path kept = Path.of("target", "fuzz", name + "-" + Integer.toHexString(hash(input)));
      Files.createDirectories(kept.getParent());
      Files.write(kept, input);
      String shown = new String(input, 0, Math.min(input.length, 600), StandardCharsets.ISO_8859_1);
      throw new AssertionError(
          name + ", " + where + ", kept as " + kept.toAbsolutePath() + ":\n" + shown, failure);
    }
  }

  private static int hash(byte[] input) {
    return java.util.Arrays.hashCode(input);
  }

  private static List<byte[]> corpus(String name) throws IOException {
    var directory = Fuzz.class.getResource("/fuzz/" + name);
    if (directory == null) {
      throw new IOException("no corpus at resources/fuzz/" + name);
    }
    try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
      List<Path> sorted = files.sorted().toList();
      List<byte[]> inputs = new java.util.ArrayList<>();
      for (Path file : sorted) {
        inputs.add(Files.readAllBytes(file));
      }
      return inputs;
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
