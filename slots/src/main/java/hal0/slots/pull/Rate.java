package hal0.slots.pull;

/** How fast bytes have come of late. For one thread at a time. */
final class Rate {
  /** How much the latest of the measurements, one each half second, counts. */
  private static final double WEIGHT = 0.25;

  private boolean begun;
  private long bytes;
  private long at;
  private double rate;

  /**
   * So many bytes are here.
   *
   * @param now in {@code Clockwork.nanos()}
   * @return bytes in a second
   */
  long at(long count, long now) {
    long nanos = now - at;
    if (!begun || count < bytes) {
      rate = 0;
      begun = true;
    } else if (nanos > 0) {
      double latest = (count - bytes) * 1e9 / nanos;
      rate = rate == 0 ? latest : rate + WEIGHT * (latest - rate);
    }
    bytes = count;
    at = now;
    return (long) rate;
  }
}
