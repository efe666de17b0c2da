package hal0.tests.bench;

/**
 * From {@code kill -9} of a slot's process until the first and until the last of a thousand readers
 * has the event, beside one reader alone.
 */
final class Streams {
  private static final int SLOTS = 60;
  private static final int DEATHS = 20;
  private static final int MANY = 990;

  private Streams() {}

  static Void run() throws Exception {
    try (Crowd crowd = new Crowd(SLOTS)) {
      measure(crowd, 0, 1);
      measure(crowd, DEATHS, MANY);
    }
    return null;
  }

  private static void measure(Crowd crowd, int from, int readers) throws Exception {
    try (Readers all = new Readers(crowd.hal0().port(), readers)) {
      Samples first = new Samples();
      Samples last = new Samples();
      for (int death = from; death < from + DEATHS; death++) {
        String slot = Crowd.name(death);
        long pid = crowd.hal0().slot(slot).path("unit").path("main_pid").asLong();
        all.expect(slot);
        long begin = System.nanoTime();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        all.awaitAll();
        first.add((all.first() - begin) / 1e6);
        last.add((all.last() - begin) / 1e6);
      }
      Samples.print("%d streams, death to the first reader: %s", readers, first);
      Samples.print("     to the last reader: %s", last);
      Samples.print("     resident %d MiB", crowd.daemon().resident());
    }
  }
}
