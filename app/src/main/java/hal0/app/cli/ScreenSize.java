package hal0.app.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The terminal's size now, by {@code stty}: a window may be resized while a table is watched. */
final class ScreenSize implements Supplier<Terminal.Size> {
  private final Map<String, String> env;
  private Terminal.Size last;
  private boolean first = true;

  ScreenSize(Map<String, String> env, Terminal.Size last) {
    this.env = env;
    this.last = last;
  }

  /** The launcher has just looked, so the first answer is its own. */
  @Override
  public Terminal.Size get() {
    if (first) {
      first = false;
      return last;
    }
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(stty.getInputStream().readNBytes(64), StandardCharsets.US_ASCII).strip();
      if (stty.waitFor(2, TimeUnit.SECONDS) && stty.exitValue() == 0) {
        last = Terminal.size(env, answer);
      }
    } catch (IOException noTerminal) {
      return last;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
    return last;
  }
}
