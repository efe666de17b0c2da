package hal0.systemd.dbus;

import hal0.systemd.ActiveState;
import hal0.systemd.JobResult;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Keeps each unit's signals in their order although a job's type has to be asked for: what comes
 * after {@code JobNew} waits until the type is known, at most {@link #PATIENCE}, which only a busy
 * systemd uses up. So whoever hears that a unit went down has heard before that somebody asked for
 * it. Units do not wait for each other.
 *
 * <p>A quick job is gone before its type can be read. systemd announces a unit's state before it
 * announces the end of the unit's job, so a job that was done and left the unit down was a stop,
 * unless it was one of ours: of these the type is known.
 */
final class SignalOrder {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final String STOP = "stop";

  private final Voice voice;
  private final BiFunction<UnitName, Integer, Optional<String>> own;
  private final Executor tasks;
  private final Map<UnitName, ArrayDeque<Word>> waiting = new HashMap<>();
  private final Map<UnitName, ActiveState> states = new HashMap<>();
  private boolean closed;

  /**
   * @param own tells the type of a job that we asked for ourselves
   */
  SignalOrder(Voice voice, BiFunction<UnitName, Integer, Optional<String>> own, Executor tasks) {
    this.voice = voice;
    this.own = own;
    this.tasks = tasks;
  }

  /** Something that is to be told. */
  private static class Word {
    final boolean hint;
    Consumer<UnitWatch.Listener> text;

    Word(boolean hint, Consumer<UnitWatch.Listener> text) {
      this.hint = hint;
      this.text = text;
    }
  }

  /** A job that is to be told once its type is known; without text till then. */
  private static final class Job extends Word {
    private final int number;
    private final Optional<String> own;
    private boolean unreadable;
    private String guess;

    Job(int number, Optional<String> own) {
      super(false, null);
      this.number = number;
      this.own = own;
    }
  }

  /** A hint that the unit changed. */
  synchronized void changed(UnitName unit) {
    say(unit, new Word(true, listener -> listener.changed(unit)));
  }

  /** systemd announced this state; no hint by itself. */
  synchronized void announced(UnitName unit, ActiveState state) {
    states.put(unit, state);
  }

  /** systemd forgot the unit. */
  synchronized void unloaded(UnitName unit) {
    states.remove(unit);
  }

  /** A job's end. */
  synchronized void ended(UnitName unit, int number, JobResult result) {
    Job job = pending(unit, number);
    if (job != null) {
      String guess = result == JobResult.DONE && isDown(states.get(unit)) ? STOP : "";
      job.guess = job.own.orElse(guess);
      if (job.unreadable) {
        known(unit, job, job.guess);
      }
    }
    say(unit, new Word(false, listener -> listener.jobEnded(unit, number, result)));
  }

  /** A new job, and the reading of its type that is under way. */
  synchronized void queued(UnitName unit, int number, CompletableFuture<String> type) {
    if (closed) {
      return;
    }
    Job job = new Job(number, own.apply(unit, number));
    waiting.computeIfAbsent(unit, none -> new ArrayDeque<>()).addLast(job);
    type.whenCompleteAsync((read, thrown) -> read(unit, job, thrown == null ? read : null), tasks);
    CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS, tasks)
        .execute(() -> expired(unit, job));
  }

  /** Nothing is told any more. */
  synchronized void close() {
    closed = true;
    waiting.clear();
  }

  private Job pending(UnitName unit, int number) {
    for (Word word : waiting.getOrDefault(unit, new ArrayDeque<>())) {
      if (word instanceof Job job && job.number == number) {
        return job;
      }
    }
    return null;
  }

  private static boolean isDown(ActiveState state) {
    return state == ActiveState.INACTIVE
        || state == ActiveState.FAILED
        || state == ActiveState.DEACTIVATING;
  }

  private void say(UnitName unit, Word word) {
    if (closed) {
      return;
    }
    ArrayDeque<Word> before = waiting.get(unit);
    if (before == null) {
      voice.tell(word.text);
    } else if (!(word.hint && before.getLast().hint)) {
      before.addLast(word);
    }
  }

  private synchronized void read(UnitName unit, Job job, String type) {
    if (type != null) {
      known(unit, job, type);
    } else if (job.guess != null) {
      known(unit, job, job.guess);
    } else {
      job.unreadable = true;
    }
  }

  private synchronized void expired(UnitName unit, Job job) {
    known(unit, job, job.guess == null ? "" : job.guess);
  }

  private void known(UnitName unit, Job job, String type) {
    ArrayDeque<Word> words = waiting.get(unit);
    if (closed || job.text != null || words == null) {
      return;
    }
    job.text = listener -> listener.jobQueued(unit, job.number, type);
    while (!words.isEmpty() && words.getFirst().text != null) {
      voice.tell(words.removeFirst().text);
    }
    if (words.isEmpty()) {
      waiting.remove(unit);
    }
  }
}
