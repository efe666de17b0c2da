package hal0.slots.pull;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where sources are: {@code https:} and {@code http:} as they stand, {@code
 * hf://owner/repo/file[@revision]} at Hugging Face or a mirror of it. Immutable.
 *
 * @param hfBase where Hugging Face's paths are, without a slash at the end
 * @param hfToken goes to that host and to no other; empty for none
 */
public record Sources(URI hfBase, Optional<String> hfToken) {
  /** Hugging Face itself. */
  public static final String HF_BASE = "https://huggingface.co";

  /**
   * What a source may look like. Of {@code hf:} the repository has two parts; a revision is a
   * branch, a tag or a commit.
   */
  public static final Pattern FORM =
      Pattern.compile(
          "https?://[^\\s/?#]+(?:[/?][^\\s#]*)?"
              + "|hf://[\\w.-]+/[\\w.-]+(?:/[^\\s@/?#]+)+(?:@[\\w./-]+)?");

  private static final Pattern HF =
      Pattern.compile("hf://([\\w.-]+/[\\w.-]+)/([^@]+)(?:@([\\w./-]+))?");
  private static final Pattern QUERY = Pattern.compile("[?#].*");
  private static final Pattern PASSWORD = Pattern.compile("://[^/@]*@");

  /** Hugging Face itself, as anybody sees it. */
  public static Sources standard() {
    return new Sources(URI.create(HF_BASE), Optional.empty());
  }

  /** Whether {@code source} is one that {@link #uri} understands. */
  public static boolean isOne(String source) {
    if (!FORM.matcher(source).matches()) {
      return false;
    }
    try {
      standard().uri(source);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /**
   * The address of a source.
   *
   * @throws IllegalArgumentException if it is none, which {@link #isOne} tells before
   */
  public URI uri(String source) {
    Matcher hf = HF.matcher(source);
    if (!hf.matches()) {
      return URI.create(source);
    }
    String revision = hf.group(3) == null ? "main" : hf.group(3);
    String path = "/" + hf.group(1) + "/resolve/" + revision.replace("/", "%2F") + "/";
    return URI.create(hfBase + path + escaped(hf.group(2)));
  }

  private static String escaped(String file) {
    StringBuilder text = new StringBuilder();
    for (byte one : file.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (one & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~/".indexOf(c) >= 0);
      text.append(plain ? String.valueOf(c) : String.format(Locale.ROOT, "%%%02X", (int) c));
    }
    return text.toString();
  }

  /**
   * What goes to an address as {@code Authorization}: what the address itself has for it, else the
   * token, to its own host only.
   */
  Optional<String> authorization(URI uri) {
    if (uri.getUserInfo() != null) {
      byte[] pair = uri.getUserInfo().getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(pair));
    }
    boolean own = origin(uri).equals(origin(hfBase));
    return own ? hfToken.map(token -> "Bearer " + token) : Optional.empty();
  }

  /** Scheme, host and port. */
  static String origin(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
  }

  /** The source for people, without what may be a key: its query, a password. */
  public static String shown(String source) {
    return PASSWORD.matcher(QUERY.matcher(source).replaceFirst("")).replaceFirst("://");
  }
}
