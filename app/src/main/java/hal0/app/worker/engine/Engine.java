package hal0.app.worker.engine;

import hal0.slots.worker.Role;
import java.util.Set;

/** A way to run models, found by {@link java.util.ServiceLoader}. Has no state of its own. */
public interface Engine {
  /** What {@code --engine} names it: letters, digits, '-' and '_'. */
  String name();

  /** What it can do; asked before {@link #open}. */
  Set<Role> roles();

  /**
   * Makes a session, quickly: the model itself is for {@link Session#load}.
   *
   * @throws IllegalArgumentException when an option is wrong; the worker then ends with the message
   * @throws Exception when it can't work here; likewise
   */
  Session open(SessionConfig config) throws Exception;
}
