package hal0.app.cli;

/** How a state looks on a terminal: a glyph that is told apart without colour, and a colour. */
record StateLook(String glyph, String ascii, String sgr) {
  private static final StateLook UNKNOWN = new StateLook("?", "?", "");

  /** The look of a state's word. */
  static StateLook of(String state) {
    return switch (state) {
      case "offline" -> new StateLook("○", ".", "2");
      case "pulling" -> new StateLook("↓", "v", "33");
      case "starting" -> new StateLook("◔", "~", "33");
      case "warming" -> new StateLook("◑", "~", "33");
      case "ready" -> new StateLook("●", "*", "32");
      case "serving" -> new StateLook("▶", ">", "1;32");
      case "idle" -> new StateLook("◌", "o", "36");
      case "unloading" -> new StateLook("◒", "-", "33");
      case "error" -> new StateLook("✗", "!", "1;31");
      default -> UNKNOWN;
    };
  }

  /** Glyph and word, painted, on a terminal; the bare word elsewhere. */
  static String show(Terminal terminal, String state) {
    return terminal.paint(of(state).sgr, plain(terminal, state));
  }

  /** As {@link #show} without the colour. */
  static String plain(Terminal terminal, String state) {
    StateLook look = of(state);
    return terminal.live() ? (terminal.unicode() ? look.glyph : look.ascii) + " " + state : state;
  }
}
