package hal0.app.worker.demo;

import hal0.app.worker.engine.Engine;
import hal0.app.worker.engine.Session;
import hal0.app.worker.engine.SessionConfig;
import hal0.slots.worker.Role;
import java.util.EnumSet;
import java.util.Set;

/**
 * Embeds by hashing words, chats by echoing, ranks by words in common, and sees how large an image
 * is. For trials its options make it slow or faulty:
 *
 * <ul>
 *   <li>{@code dimensions}: of a vector, 64
 *   <li>{@code load_ms}: how long a load takes; {@code load_until}: a file until whose coming it
 *       takes; {@code load_stall}: it never ends and never gets on; {@code fail_load}: a text with
 *       which it fails
 *   <li>{@code delay_ms}: before each answer; {@code delta_ms}: before each word of a chat; in both
 *       it tells its progress every 50 ms
 *   <li>{@code stall_after}: after so many words, or for other roles at once with 0, it is stuck:
 *       no progress, and deaf to whether anybody still waits
 *   <li>{@code fail}: a text with which each request fails; {@code exit}: the exit code with which
 *       the process ends at a request
 *   <li>{@code noise}: bytes that are written to stdout and stderr at each request
 * </ul>
 *
 * A request may have an object {@code demo} with options of its own.
 */
public final class DemoEngine implements Engine {
  @Override
  public String name() {
    return "demo";
  }

  @Override
  public Set<Role> roles() {
    return EnumSet.allOf(Role.class);
  }

  @Override
  public Session open(SessionConfig config) {
    return new DemoSession(config);
  }
}
