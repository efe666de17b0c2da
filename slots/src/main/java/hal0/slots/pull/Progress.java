package hal0.slots.pull;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How far a pull is. Immutable.
 *
 * @param bytes how much of it is here
 * @param total how much it is in all; empty where the other side does not say
 * @param rate bytes in a second, of late; 0 where that is not known
 * @param note what else there is to say, such as why it is tried again; "" for nothing
 */
public record Progress(
    Want want, Phase phase, long bytes, OptionalLong total, long rate, String note) {
  /** What is being done. */
  public enum Phase {
    /** Bytes come in. */
    FETCHING,
    /** What is here already is read, to know whether it is right. */
    CHECKING,
    /** It did not go well, and is tried again after a while. */
    WAITING;

    /** The lower-case word that the API uses. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Nothing is here yet. */
  public static Progress begun(Want want) {
    return new Progress(want, Phase.FETCHING, 0, OptionalLong.empty(), 0, "");
  }

  /** The same with another rate. */
  Progress withRate(long now) {
    return new Progress(want, phase, bytes, total, now, note);
  }

  /** How long it will take at this rate; empty where that cannot be told. */
  public Optional<Duration> eta() {
    if (phase != Phase.FETCHING || rate <= 0 || total.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Math.max(0, total.getAsLong() - bytes) / rate));
  }

  /** Hundredths of it that are here, 0 to 100. */
  public OptionalInt percent() {
    if (total.isEmpty() || total.getAsLong() <= 0) {
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) Math.clamp(bytes * 100.0 / total.getAsLong(), 0, 100));
  }

  /** One line for people. */
  public String sentence() {
    String what = want instanceof Want.Image ? "the image " + want.name() : want.name();
    String doing =
        switch (phase) {
          case FETCHING -> "fetching ";
          case CHECKING -> "checking what is here of ";
          case WAITING -> "waiting to fetch ";
        };
    StringBuilder text = new StringBuilder(doing).append(what);
    String sep = ": ";
    if (percent().isPresent()) {
      text.append(sep).append(percent().getAsInt()).append(" % of ").append(size(total.orElse(0)));
      sep = ", ";
    } else if (bytes > 0) {
      text.append(sep).append(size(bytes));
      sep = ", ";
    }
    if (phase == Phase.FETCHING && rate > 0) {
      text.append(sep).append(size(rate)).append("/s");
      sep = ", ";
    }
    return note.isEmpty() ? text.toString() : text.append(sep).append(note).toString();
  }

  /** A number of bytes for people, in powers of ten: 900 B, 1.5 kB, 12 MB, 2.3 GB. */
  public static String size(long bytes) {
    double value = bytes;
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    String form = unit == 0 || value >= 9.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, form, value, units[unit]);
  }
}
