package hal0.app.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The bearer token. Kept as a digest only, so that it cannot end in a log or a dump. Immutable. */
public final class Token {
  private static final Pattern TEXT = Pattern.compile("[\\x21-\\x7e]{8,512}");
  private static final String SCHEME = "bearer ";

  private final byte[] digest;

  /**
   * A token.
   *
   * @param text 8 to 512 visible ASCII characters, with no space in them
   * @throws IllegalArgumentException if it is not; the message does not contain it
   */
  public Token(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "a token has 8 to 512 visible ASCII characters and no spaces");
    }
    this.digest = digest(text);
  }

  /**
   * Whether an {@code Authorization} header carries this token; takes the same time whichever it
   * carries.
   */
  public boolean isIn(Optional<String> authorization) {
    String given = authorization.orElse("");
    boolean bearer = given.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
    String text = bearer ? given.substring(SCHEME.length()).strip() : "";
    return MessageDigest.isEqual(digest, digest(text));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "a token";
  }
}
