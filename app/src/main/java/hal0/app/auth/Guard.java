package hal0.app.auth;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which requests are let in: those whose {@code Host} is an expected one (a foreign name
 * that leads to this address is how a web page reaches a local port), whose {@code Origin} is our
 * own, and which carry the token where it is needed. Immutable.
 */
public final class Guard {
  private final Token token;
  private final boolean always;
  private final Set<String> hosts = new TreeSet<>();

  /**
   * A guard.
   *
   * @param listen where the API listens; on anything but loopback every request needs the token
   * @param requireAll whether every request needs it on loopback too ({@code [auth] require =
   *     "all"})
   * @param hostName the machine's name
   * @param more further names that {@code Host} may have ({@code [server] hosts})
   */
  public Guard(
      Token token,
      InetSocketAddress listen,
      boolean requireAll,
      String hostName,
      Iterable<String> more) {
    this.token = token;
    InetAddress address = listen.getAddress();
    this.always = requireAll || address == null || !address.isLoopbackAddress();
    hosts.add("localhost");
    hosts.add("127.0.0.1");
    hosts.add(literal(InetAddress.ofLiteral("::1")));
    hosts.add(listen.getHostString().toLowerCase(Locale.ROOT));
    if (address != null && !address.isAnyLocalAddress()) {
      hosts.add(literal(address));
    }
    hosts.add(hostName.toLowerCase(Locale.ROOT));
    more.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
    hosts.remove("");
  }

  /** Whether every request needs the token. */
  public boolean alwaysNeedsToken() {
    return always;
  }

  /** Whether an {@code Authorization} header carries the token. */
  public boolean knows(Optional<String> authorization) {
    return token.isIn(authorization);
  }

  /**
   * Whether {@code Host} is an expected one, whatever the port.
   *
   * @param host the header; empty when there is none, which is refused
   * @param local the address on which the request came, empty when not known: a literal cannot be a
   *     trick with names
   */
  public boolean isExpected(Optional<String> host, Optional<InetAddress> local) {
    Optional<Authority> authority = host.flatMap(Authority::parse);
    return authority.isPresent()
        && (hosts.contains(authority.get().host())
            || local.map(Guard::literal).filter(authority.get().host()::equals).isPresent());
  }

  /**
   * Whether a page of ours sent the request, or no page at all.
   *
   * @param origin the header; empty when there is none
   * @param host the {@code Host} header, which is expected
   */
  public boolean isOwn(
      Optional<String> origin, Optional<String> host, Optional<InetAddress> local) {
    if (origin.isEmpty()) {
      return true;
    }
    String[] parts = origin.get().split("://", 2);
    if (parts.length != 2 || !(parts[0].equals("http") || parts[0].equals("https"))) {
      return false;
    }
    if (host.isPresent() && parts[1].equalsIgnoreCase(host.get())) {
      return true;
    }
    int standard = parts[0].equals("https") ? 443 : 80;
    Optional<Authority> page = Authority.parse(parts[1]);
    Optional<Authority> ours = host.flatMap(Authority::parse);
    return page.isPresent()
        && ours.isPresent()
        && isExpected(Optional.of(parts[1]), local)
        && page.get().port(standard) == ours.get().port(standard);
  }

  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return plain.indexOf(':') < 0 ? plain : "[" + plain + "]";
  }

  /**
   * The host and port of a {@code Host} or {@code Origin} header.
   *
   * @param host in lower case; IPv6 in brackets, in the JDK's spelling
   * @param given the port; -1 when none was given
   */
  private record Authority(String host, int given) {
    static Optional<Authority> parse(String text) {
      String lower = text.toLowerCase(Locale.ROOT);
      int colon = lower.lastIndexOf(':');
      boolean hasPort = colon > lower.lastIndexOf(']');
      String host = hasPort ? lower.substring(0, colon) : lower;
      String port = hasPort ? lower.substring(colon + 1) : "";
      if (host.isEmpty()
          || !port.chars().allMatch(c -> c >= '0' && c <= '9')
          || port.length() > 5) {
        return Optional.empty();
      }
      int number = port.isEmpty() ? -1 : Integer.parseInt(port);
      return number > 65535 ? Optional.empty() : Optional.of(new Authority(spelt(host), number));
    }

    /** IPv6 addresses have several spellings. */
    private static String spelt(String host) {
      boolean six =
          host.startsWith("[")
              && host.endsWith("]")
              && host.chars().allMatch(Authority::isOfAddress);
      if (!six) {
        return host;
      }
      try {
        return literal(InetAddress.ofLiteral(host.substring(1, host.length() - 1)));
      } catch (IllegalArgumentException e) {
        return host;
      }
    }

    private static boolean isOfAddress(int c) {
      return Character.digit(c, 16) >= 0 || c == ':' || c == '.' || c == '[' || c == ']';
    }

    int port(int standard) {
      return given < 0 ? standard : given;
    }
  }
}
