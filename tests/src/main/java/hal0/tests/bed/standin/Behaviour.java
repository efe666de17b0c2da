package hal0.tests.bed.standin;

import java.util.Locale;

/**
 * What the stand-in does at the moment. Changed by control lines, in the file of {@code --control}
 * before the start, by {@code --do}, and at run time by {@code POST /_control}, one to a line:
 *
 * <pre>
 * ok                     behave again
 * hang                   accept, read, never answer
 * error 500              answer everything with this status
 * rubbish                answer everything with what is not JSON
 * huge                   answer everything with 64 MiB
 * endless                answer everything with a body that never ends
 * loading                say 503 "Loading model", as while loading
 * model ID               serve this model; without ID: none
 * entries a=loaded,b=…   a router's list of models with their status
 * exit N                 end at once with this exit code
 * die-in MS              end with exit code 1 after so long
 * ignore-term            go on after SIGTERM
 * tokens N               so many pieces in a completion
 * token-ms N             so long before each
 * break-at N             close the connection in mid-answer before this piece, without an end
 * silent-at N            say nothing more from this piece on
 * </pre>
 */
final class Behaviour {
  /** What it does with every request. */
  enum Fault {
    OK,
    HANG,
    ERROR,
    RUBBISH,
    HUGE,
    ENDLESS,
    LOADING
  }

  private volatile Fault fault = Fault.OK;
  private volatile int status = 500;
  private volatile String model;
  private volatile String entries = "";
  private volatile boolean ignoresTerm;
  private volatile int tokens = 5;
  private volatile int tokenMs;
  private volatile int breakAt = -1;
  private volatile int silentAt = -1;

  Behaviour(String model) {
    this.model = model;
  }

  /** Does what a control line says; throws IllegalArgumentException where there is no such line. */
  void apply(String line) {
    String text = line.strip();
    if (text.isEmpty()) {
      return;
    }
    int space = text.indexOf(' ');
    String word = space < 0 ? text : text.substring(0, space);
    String value = space < 0 ? "" : text.substring(space + 1).strip();
    switch (word) {
      case "ok", "hang", "rubbish", "huge", "endless", "loading" ->
          fault = Fault.valueOf(word.toUpperCase(Locale.ROOT));
      case "error" -> {
        status = Integer.parseInt(value);
        fault = Fault.ERROR;
      }
      case "model" -> model = value;
      case "entries" -> entries = value;
      case "exit" -> Runtime.getRuntime().halt(Integer.parseInt(value));
      case "die-in" -> dieIn(Integer.parseInt(value));
      case "ignore-term" -> ignoresTerm = true;
      case "tokens" -> tokens = Integer.parseInt(value);
      case "token-ms" -> tokenMs = Integer.parseInt(value);
      case "break-at" -> breakAt = Integer.parseInt(value);
      case "silent-at" -> silentAt = Integer.parseInt(value);
      default -> throw new IllegalArgumentException("no such control line: " + text);
    }
  }

  private static void dieIn(int millis) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              pause(millis);
              Runtime.getRuntime().halt(1);
            });
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  Fault fault() {
    return fault;
  }

  int status() {
    return status;
  }

  /** What is served; empty for nothing. */
  String model() {
    return model;
  }

  /** A router's models, {@code id=status,…}; empty where it is none. */
  String entries() {
    return entries;
  }

  boolean ignoresTerm() {
    return ignoresTerm;
  }

  int tokens() {
    return tokens;
  }

  int tokenMs() {
    return tokenMs;
  }

  int breakAt() {
    return breakAt;
  }

  int silentAt() {
    return silentAt;
  }
}
