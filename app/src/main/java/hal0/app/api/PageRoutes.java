package hal0.app.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/**
 * What is served as it lies in the jar: the page for people, and the API's description for
 * programs.
 */
public final class PageRoutes {
  private final String page;
  private final byte[] openApi;
  private final String policy;

  /** Reads the files. */
  public PageRoutes() {
    page = new String(resource("page.html"), StandardCharsets.UTF_8);
    openApi = resource("openapi.json");
    policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " connect-src 'self'; img-src data:; script-src "
            + hash("script")
            + "; style-src "
            + hash("style");
  }

  /** The routes. */
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/", this::page), Route.open("GET", "/openapi.json", this::openApi));
  }

  private void page(Exchange exchange) throws IOException {
    exchange.setHeader("Content-Security-Policy", policy);
    exchange.setHeader("Referrer-Policy", "no-referrer");
    exchange.setHeader("X-Frame-Options", "DENY");
    exchange.setHeader("Cache-Control", "no-cache");
    exchange.send(200, "text/html; charset=utf-8", page.getBytes(StandardCharsets.UTF_8));
  }

  private void openApi(Exchange exchange) throws IOException {
    exchange.send(200, "application/json", openApi);
  }

  static byte[] resource(String name) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("the distribution lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a browser computes of the element's text: only this very script and style are run. */
  private String hash(String element) {
    int from = page.indexOf("<" + element + ">") + element.length() + 2;
    String text = page.substring(from, page.indexOf("</" + element + ">", from));
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
