package hal0.app.node;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;

/**
 * What the environment says of Zenoh. Immutable.
 *
 * @param enabled {@code HAL0_ZENOH_ENABLED}
 * @param endpoint {@code HAL0_ZENOH_ENDPOINT}: where a router's REST plugin listens
 * @param strict {@code HAL0_ZENOH_STRICT}: whether a node that is not ready refuses every request
 */
public record ZenohSettings(boolean enabled, HttpUrl endpoint, boolean strict) {
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
    HttpUrl endpoint = HttpUrl.parse(address);
    if (endpoint == null || endpoint.query() != null || endpoint.fragment() != null) {
      throw new IllegalArgumentException(
          "HAL0_ZENOH_ENDPOINT: must be an address such as " + ENDPOINT + ", not " + address);
    }
    String strict = said(environment, "HAL0_ZENOH_STRICT", "1").toLowerCase(Locale.ROOT);
    if (!YES.contains(strict) && !NO.contains(strict)) {
      throw new IllegalArgumentException("HAL0_ZENOH_STRICT: must be 1 or 0, not " + strict);
    }
    String enabled = said(environment, "HAL0_ZENOH_ENABLED", "0").toLowerCase(Locale.ROOT);
    return new ZenohSettings(YES.contains(enabled), endpoint, YES.contains(strict));
  }

  private static String said(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }
}
