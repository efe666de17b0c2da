package hal0.slots.probe;

import hal0.slots.spec.SlotSpec;
import java.util.concurrent.CompletableFuture;

/**
 * Asks an upstream how it is. Safe for use by many threads; probes of different slots never wait
 * for each other.
 */
public interface Probe {
  /**
   * Asks once. The future always ends normally, within {@code spec.probe().timeout()} and a little;
   * cancelling it ends the request.
   *
   * @param request whom to ask and what is known of it
   */
  CompletableFuture<ProbeResult> probe(Request request);

  /**
   * Whom to ask.
   *
   * @param spec the slot
   * @param loading whether a load is under way, so that 503 means "loading"
   * @param modelId the model that the slot was told to serve; empty when none
   * @param controlGroup the unit's cgroup, to tell whose the port is; empty when not known
   * @param firstCompletion whether this probe should also try one completion, where the file wants
   *     that ({@code probe.chat}): true until a load is over
   */
  record Request(
      SlotSpec spec,
      boolean loading,
      String modelId,
      String controlGroup,
      boolean firstCompletion) {}
}
