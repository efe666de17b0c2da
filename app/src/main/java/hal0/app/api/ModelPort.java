package hal0.app.api;

import hal0.slots.pull.Progress;
import hal0.slots.pull.PullException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The files of models: those of {@code models.toml} and of the slots' own. Safe for use by many
 * threads.
 */
public interface ModelPort {
  /**
   * What is known of one model. Immutable.
   *
   * @param path where its file is, or will be
   * @param source where it can be fetched from, without what may be a key
   * @param sha256 what it must be
   * @param bytes how long its file is; empty where it is not there, or is a directory
   * @param verified whether its file was found right, if that was looked at since it was written
   * @param slots who uses it
   * @param pull how far it is being fetched
   */
  record Model(
      String id,
      Optional<String> path,
      Optional<String> source,
      Optional<String> sha256,
      boolean present,
      OptionalLong bytes,
      Optional<Boolean> verified,
      List<String> slots,
      Optional<Progress> pull) {}

  /**
   * What a file was found to be.
   *
   * @param matches whether it is what it must be; empty where nobody has said what that is
   */
  record Verified(String sha256, Optional<Boolean> matches) {}

  /** All of them, by id. */
  List<Model> models();

  /** One of them. */
  default Optional<Model> model(String id) {
    return models().stream().filter(one -> one.id().equals(id)).findFirst();
  }

  /**
   * Fetches one that is not there; one that is there is no error.
   *
   * @return fails with a {@link PullException}; goes on whatever becomes of who waits
   * @throws ProblemException if there is none of that id, or nowhere to fetch it from
   */
  CompletableFuture<Void> pull(String id);

  /**
   * Reads its file. Blocks for as long as that takes.
   *
   * @throws ProblemException if there is none of that id, or no file of it
   * @throws IOException if it cannot be read
   */
  Verified verify(String id) throws IOException;

  /**
   * Removes its file, and what has come of it.
   *
   * @throws ProblemException if there is none of that id, or no file, or a slot that is live uses
   *     it, or it is being fetched
   * @throws IOException if it cannot be removed
   */
  void remove(String id) throws IOException;
}
