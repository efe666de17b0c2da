package hal0.slots.pull;

import hal0.slots.spec.SlotSpec;

/** Where podman and docker keep images. Safe for use by many threads. */
interface ImageStore {
  /** Whether it is known not to be there. Blocks, for 10 s at most. */
  boolean isMissing(Want.Image image);

  /**
   * Fetches it. Blocks.
   *
   * @throws PullException if it cannot be had
   * @throws java.util.concurrent.CancellationException if it was halted
   */
  void pull(Want.Image image, Halt halt, FilePull.Listener heard) throws PullException;

  /** The program of a runtime. */
  static String program(SlotSpec.Runtime runtime) {
    return runtime == SlotSpec.Runtime.DOCKER ? "docker" : "podman";
  }
}
