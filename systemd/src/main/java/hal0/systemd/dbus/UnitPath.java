package hal0.systemd.dbus;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Object paths of units: the unit's name with each octet but ASCII letters and digits (and a
 * leading digit) written as {@code _} and two hexadecimal digits, as sd_bus_path_encode(3) says.
 */
final class UnitPath {
  static final String PARENT = "/org/freedesktop/systemd1/unit";

  private UnitPath() {}

  /** The path of a unit's object; systemd loads the unit when something is asked of it. */
  static String of(String unit) {
    StringBuilder path = new StringBuilder(PARENT).append('/');
    byte[] octets = unit.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < octets.length; i++) {
      char c = (char) (octets[i] & 0xff);
      boolean digit = c >= '0' && c <= '9';
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (letter || (digit && i > 0)) {
        path.append(c);
      } else {
        path.append(String.format(Locale.ROOT, "_%02x", (int) c));
      }
    }
    return octets.length == 0 ? path.append('_').toString() : path.toString();
  }

  /** The unit whose object that is; empty text for a path that is none of a unit. */
  static String unit(String path) {
    if (!path.startsWith(PARENT + "/")) {
      return "";
    }
    String label = path.substring(PARENT.length() + 1);
    ByteArrayOutputStream octets = new ByteArrayOutputStream(label.length());
    for (int i = 0; i < label.length(); i++) {
      char c = label.charAt(i);
      if (c != '_') {
        octets.write(c);
      } else if (i + 2 < label.length() && hex(label, i + 1) >= 0) {
        octets.write(hex(label, i + 1));
        i += 2;
      }
    }
    return octets.toString(StandardCharsets.UTF_8);
  }

  private static int hex(String text, int at) {
    int high = Character.digit(text.charAt(at), 16);
    int low = Character.digit(text.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
  }
}
