package hal0.tests.contract;

import hal0.systemd.SdNotify;

/** Tells systemd that it is ready, and runs until it is stopped. */
final class NotifyingProgram {
  private NotifyingProgram() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws InterruptedException {
    SdNotify notify = SdNotify.of(System.getenv());
    notify.status("half\nway");
    notify.ready();
    notify.watchdog();
    Thread.currentThread().join();
  }
}
