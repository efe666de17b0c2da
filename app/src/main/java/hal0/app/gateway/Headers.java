package hal0.app.gateway;

import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Which headers are passed on: all but those of one connection (RFC 9110, 7.6.1), and secrets. */
final class Headers {
  private static final Set<String> OF_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "transfer-encoding",
          "upgrade");

  /** Said anew for the upstream: by the body, by the client's library, or not at all. */
  private static final Set<String> OF_REQUEST =
      Set.of("authorization", "content-length", "expect", "host", "trailer");

  private Headers() {}

  /**
   * What an upstream gets.
   *
   * @param key the upstream's own, which then is the only one
   */
  static void toUpstream(HttpFields client, Optional<String> key, HttpFields.Mutable upstream) {
    Set<String> named = named(client);
    for (HttpField field : client) {
      String name = field.getLowerCaseName();
      boolean secret = key.isPresent() && name.equals("x-api-key");
      if (!named.contains(name) && !OF_REQUEST.contains(name) && !secret) {
        upstream.add(field);
      }
    }
    key.ifPresent(value -> upstream.put(HttpHeader.AUTHORIZATION, "Bearer " + value));
  }

  /** What a client gets, beside the slot's name. */
  static void toClient(HttpFields upstream, HttpFields.Mutable client) {
    Set<String> named = named(upstream);
    for (HttpField field : upstream) {
      if (field.getHeader() == HttpHeader.DATE) {
        client.put(field);
      } else if (!named.contains(field.getLowerCaseName())) {
        client.add(field);
      }
    }
  }

  private static Set<String> named(HttpFields fields) {
    if (!fields.contains(HttpHeader.CONNECTION)) {
      return OF_CONNECTION;
    }
    Set<String> named = new HashSet<>(OF_CONNECTION);
    for (String name : fields.getCSV(HttpHeader.CONNECTION, false)) {
      named.add(name.toLowerCase(Locale.ROOT));
    }
    return named;
  }
}
