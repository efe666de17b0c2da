package hal0.app.node;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the environment says of Zenoh. Immutable.
 *
 * @param enabled {@code HAL0_ZENOH_ENABLED}
 * @param endpoint {@code HAL0_ZENOH_ENDPOINT}: where a router's REST plugin listens; ends with a
 *     slash
 * @param strict {@code HAL0_ZENOH_STRICT}: whether a node that is not ready refuses every request
 */
public record ZenohSettings(boolean enabled, URI endpoint, boolean strict) {
  private static final String ENDPOINT = "http://127.0.0.1:8000";
  private static final Set<String> YES = Set.of("1", "true", "yes");
  private static final Set<String> NO = Set.of("0", "false", "no");

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException if one is wrong; the message names it
   */
  public static ZenohSettings of(Map<String, String> environment) {
    String address = said(environment, "HAL0_ZENOH_ENDPOINT", ENDPOINT);
    URI endpoint = endpoint(address);
    String strict = said(environment, "HAL0_ZENOH_STRICT", "1").toLowerCase(Locale.ROOT);
    if (!YES.contains(strict) && !NO.contains(strict)) {
      throw new IllegalArgumentException("HAL0_ZENOH_STRICT: must be 1 or 0, not " + strict);
    }
    String enabled = said(environment, "HAL0_ZENOH_ENABLED", "0").toLowerCase(Locale.ROOT);
    return new ZenohSettings(YES.contains(enabled), endpoint, YES.contains(strict));
  }

  private static URI endpoint(String address) {
    try {
      URI uri = new URI(address.endsWith("/") ? address : address + "/");
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      if (web && uri.getHost() != null && uri.getRawQuery() == null && uri.getFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Said below, with what was expected.
    }
    throw new IllegalArgumentException(
        "HAL0_ZENOH_ENDPOINT: must be an address such as " + ENDPOINT + ", not " + address);
  }

  /** The endpoint for people: without a password, if it has one. */
  String where() {
    String port = endpoint.getPort() < 0 ? "" : ":" + endpoint.getPort();
    String path = endpoint.getRawPath();
    return endpoint.getScheme()
        + "://"
        + endpoint.getHost()
        + port
        + path.substring(0, path.length() - 1);
  }

  private static String said(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }
}
