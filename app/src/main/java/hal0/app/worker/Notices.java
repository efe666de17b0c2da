package hal0.app.worker;

import hal0.systemd.SdNotify;
import java.time.Duration;

/** What the service manager is told; see sd_notify(3) for what each means. */
public interface Notices {
  /** The worker can be used. */
  void ready();

  /** A line for people. */
  void status(String line);

  /** It lives, and its work gets on. */
  void watchdog();

  /** The start may take so long from now on. */
  void extendStart(Duration more);

  /** It begins to end. */
  void stopping();

  /** To the systemd that runs this process, if any. */
  static Notices of(SdNotify systemd) {
    return new Notices() {
      @Override
      public void ready() {
        systemd.ready();
      }

      @Override
      public void status(String line) {
        systemd.status(line);
      }

      @Override
      public void watchdog() {
        systemd.watchdog();
      }

      @Override
      public void extendStart(Duration more) {
        systemd.extendTimeout(more);
      }

      @Override
      public void stopping() {
        systemd.stopping();
      }
    };
  }
}
