package hal0.app.supervise;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An argument or a variable as the kernel has it. The JVM decodes both by the locale, which a unit
 * seldom has, and could not give back what it did not understand.
 *
 * @param bytes without the final NUL; nobody changes them
 */
record RawText(byte[] bytes) {
  /** For what we read ourselves, which hal0 wrote in UTF-8. */
  String text() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** This process's arguments after those of the JVM's: what follows {@code mainClass}. */
  static List<RawText> arguments(String mainClass) throws IOException {
    List<RawText> all = split(Files.readAllBytes(Path.of("/proc/self/cmdline")));
    int at = 0;
    while (at < all.size() && !all.get(at).text().equals(mainClass)) {
      at++;
    }
    return all.subList(Math.min(at + 1, all.size()), all.size());
  }

  /** This process's environment as it was given, {@code NAME=value} each. */
  static List<RawText> environment() throws IOException {
    return split(Files.readAllBytes(Path.of("/proc/self/environ")));
  }

  /** Parts that each end with a NUL. */
  static List<RawText> split(byte[] bytes) {
    List<RawText> parts = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        parts.add(new RawText(Arrays.copyOfRange(bytes, begin, i)));
        begin = i + 1;
      }
    }
    return parts;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawText raw && Arrays.equals(bytes, raw.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return text();
  }
}
