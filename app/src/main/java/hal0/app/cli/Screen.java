package hal0.app.cli;

import java.util.List;

/** Lines that are drawn again in place, below whatever was on the terminal before. */
final class Screen {
  private final Terminal terminal;
  private int drawn;
  private boolean entered;
  private Terminal.Size size;

  Screen(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Draws the lines over the last ones; none may be wider than the terminal. */
  synchronized void draw(List<String> lines, Terminal.Size now) {
    var text = new StringBuilder();
    if (!entered) {
      text.append(Terminal.HIDE_CURSOR);
      entered = true;
    }
    if (size != null && !size.equals(now)) {
      // The terminal has folded the old lines as it liked: where they begin is not known any more.
      text.append("\u001b[H\u001b[2J");
      drawn = 0;
    }
    size = now;
    if (drawn > 0) {
      text.append("\u001b[").append(drawn).append('A');
    }
    text.append('\r');
    for (String line : lines) {
      text.append(line).append(Terminal.ERASE_LINE).append('\n');
    }
    text.append(Terminal.ERASE_BELOW);
    drawn = lines.size();
    terminal.out().print(text);
    terminal.out().flush();
  }

  /** Takes the drawn lines away, as if they had never been. */
  synchronized void erase() {
    if (drawn > 0) {
      terminal.out().print("\u001b[" + drawn + "A\r" + Terminal.ERASE_BELOW);
      drawn = 0;
    }
    leave();
  }

  /** Leaves the lines as they are and gives the cursor back. May be called twice. */
  synchronized void leave() {
    if (entered) {
      terminal.out().print(Terminal.SHOW_CURSOR);
      terminal.out().flush();
      entered = false;
    }
  }
}
