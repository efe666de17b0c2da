package hal0.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an address to listen on. */
final class ListenAddress {
  private static final Pattern FORM =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9_.-]+):([0-9]{1,5})");
  private static final int MOST = 65535;

  private ListenAddress() {}

  /**
   * Reads {@code 127.0.0.1:8080}, {@code [::1]:8080} or {@code localhost:8080}; port 0 stands for
   * any free one.
   *
   * @throws IllegalArgumentException if it is something else, or its name leads nowhere; the
   *     message says so
   */
  static InetSocketAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(2)) > MOST) {
      throw new IllegalArgumentException(
          "must be an address such as 127.0.0.1:8080, not \"" + text + "\"");
    }
    String host = form.group(1);
    String plain = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    try {
      return new InetSocketAddress(InetAddress.getByName(plain), Integer.parseInt(form.group(2)));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address is known for \"" + host + "\"", e);
    }
  }
}
