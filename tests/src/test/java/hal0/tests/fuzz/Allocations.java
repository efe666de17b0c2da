package hal0.tests.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;

/** Holds against a limit what a call allocates on this thread: a count, not a time. */
final class Allocations {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long LIMIT = 64L << 20;

  private Allocations() {}

  /** The call's value, which must not have taken more than 64 MiB. */
  static <T> T bounded(Callable<T> call) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    T value = call.call();
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
        .as("bytes allocated")
        .isLessThan(LIMIT);
    return value;
  }
}
