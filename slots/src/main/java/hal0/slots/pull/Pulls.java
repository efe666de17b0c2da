package hal0.slots.pull;

import hal0.slots.spec.SlotSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Finds out what a load lacks, and fetches it. There is one pull for each thing, whoever asks: who
 * wants the same joins it. Safe for use by many threads.
 */
public interface Pulls {
  /**
   * So long, at most, a pull may go on without a word: its own limits, retries included, end it
   * before that.
   */
  java.time.Duration LONGEST_SILENCE = java.time.Duration.ofMinutes(15);

  /**
   * Whether a load of this could lack anything that can be fetched: there is a source, or an image.
   * Never blocks.
   *
   * @param modelId the model to load; empty for none
   */
  boolean concerns(SlotSpec spec, Optional<String> modelId);

  /**
   * Looks what is not there. Ends within 15 s; what cannot be found out counts as there, so that
   * the start tells what is wrong.
   *
   * @return what has to be fetched, in this order; empty for nothing
   */
  CompletableFuture<List<Want>> survey(SlotSpec spec, Optional<String> modelId);

  /**
   * Begins to fetch, or joins those who do.
   *
   * @param heard is told how far it is, at most twice a second and on every change of phase; must
   *     return at once
   */
  Pull begin(List<Want> wants, Consumer<Progress> heard);

  /** Nothing can be fetched: what there is has to do. */
  Pulls NONE =
      new Pulls() {
        @Override
        public boolean concerns(SlotSpec spec, Optional<String> modelId) {
          return false;
        }

        @Override
        public CompletableFuture<List<Want>> survey(SlotSpec spec, Optional<String> modelId) {
          return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public Pull begin(List<Want> wants, Consumer<Progress> heard) {
          return new Pull() {
            @Override
            public CompletableFuture<Void> done() {
              return CompletableFuture.completedFuture(null);
            }

            @Override
            public void cancel() {}
          };
        }
      };

  /** One wish, which may share its pull with others. */
  interface Pull {
    /**
     * Ends well when everything is there, or with a {@link PullException}, or with a {@code
     * CancellationException} after {@link #cancel}.
     */
    CompletableFuture<Void> done();

    /**
     * It is not wanted any more. The pull ends unless others want it; what has come so far stays
     * for the next time. May be called more than once.
     */
    void cancel();
  }
}
