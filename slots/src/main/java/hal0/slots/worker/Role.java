package hal0.slots.worker;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a worker does; its word is also the kind of the requests that it answers. */
public enum Role {
  /** Texts to vectors. */
  EMBED,
  /** Messages to text. */
  CHAT,
  /** Documents in the order in which they fit a query. */
  RERANK,
  /** Messages with images to text. */
  VISION;

  /** As it is written in frames, slot files and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The role of that word; empty for any other. */
  public static Optional<Role> of(String word) {
    return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
  }
}
