package hal0.systemd.dbus;

import hal0.systemd.UnitWatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Consumer;

/** Speaks to the one listener: one call at a time, and what it throws harms nobody else. */
final class Voice {
  private static final Logger LOG = System.getLogger(Voice.class.getName());

  private UnitWatch.Listener listener;
  private boolean connected;
  private boolean greeted;

  /** Takes the listener; {@link #greet} follows. */
  synchronized void listener(UnitWatch.Listener heard) {
    if (listener != null) {
      throw new IllegalStateException("there is a listener already");
    }
    listener = heard;
  }

  /** Tells a listener that came later than the connection that there is one. */
  synchronized void greet() {
    if (connected && !greeted && listener != null) {
      greeted = true;
      tell(UnitWatch.Listener::connected);
    }
  }

  synchronized void connected() {
    connected = true;
    greet();
  }

  synchronized void disconnected(String why) {
    connected = false;
    if (greeted) {
      greeted = false;
      tell(told -> told.disconnected(why));
    }
  }

  /** Tells something, if somebody listens. */
  synchronized void tell(Consumer<UnitWatch.Listener> word) {
    if (listener == null) {
      return;
    }
    try {
      word.accept(listener);
    } catch (RuntimeException thrown) {
      LOG.log(Level.WARNING, "a listener to systemd threw", thrown);
    }
  }
}
