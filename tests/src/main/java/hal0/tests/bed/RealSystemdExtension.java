package hal0.tests.bed;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * Skips what needs a systemd where there is none, counts what ran, and says so once at the end of
 * the run.
 */
final class RealSystemdExtension implements ExecutionCondition, AfterTestExecutionCallback {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Tally tally = tally(context);
    return PrivateSystemd.whyNot()
        .map(
            reason -> {
              tally.skipped.incrementAndGet();
              return ConditionEvaluationResult.disabled("no systemd for tests: " + reason);
            })
        .orElseGet(() -> ConditionEvaluationResult.enabled("a private systemd can be had"));
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    tally(context).ran.incrementAndGet();
    if (context.getExecutionException().isPresent()) {
      System.out.println(context.getUniqueId() + " FAILED\n" + Hal0.report());
    }
  }

  private static Tally tally(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(RealSystemdExtension.class))
        .computeIfAbsent(Tally.class, key -> new Tally(), Tally.class);
  }

  /** Closed by JUnit when the whole run is over; what it throws fails the run. */
  private static final class Tally implements AutoCloseable {
    private final AtomicInteger ran = new AtomicInteger();
    private final AtomicInteger skipped = new AtomicInteger();

    @Override
    public void close() {
      Optional<String> reason = PrivateSystemd.whyNot();
      if (reason.isPresent()) {
        System.out.println(
            "[real systemd] SKIPPED " + skipped + " test classes or methods: " + reason.get());
        return;
      }
      System.out.println("[real systemd] " + ran + " tests ran on a real systemd");
      if (ran.get() == 0) {
        throw new IllegalStateException("a real systemd can be had here, but no test ran on it");
      }
    }
  }
}
