package hal0.slots.listener;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells from look to look whether a server has moved a byte. A connection that is seen for the
 * first time counts when the server has written on it; what was read counts from then on. So a
 * request alone is no movement: a server that only takes requests in, each on a connection of its
 * own, moves nothing, however often it is asked. For one thread.
 */
public final class Movement {
  private Map<Long, PortTraffic.Moved> last = new HashMap<>();

  /** Whether anything has moved since the last look. */
  public boolean since(List<PortTraffic.Moved> look) {
    Map<Long, PortTraffic.Moved> now = new HashMap<>();
    boolean moved = false;
    for (PortTraffic.Moved one : look) {
      PortTraffic.Moved before = last.get(one.connection());
      moved |= before == null ? one.written() > 0 : !one.equals(before);
      now.put(one.connection(), one);
    }
    last = now;
    return moved;
  }
}
