package hal0.systemd.dbus;

import java.util.concurrent.CompletableFuture;
import org.freedesktop.dbus.exceptions.DBusException;
import org.freedesktop.dbus.messages.Message;
import org.freedesktop.dbus.messages.MethodCall;

/**
 * A method call whose reply completes a future, so that no thread waits for it and an error keeps
 * its name.
 */
final class BusCall extends MethodCall {
  private final CompletableFuture<Message> answer = new CompletableFuture<>();

  BusCall(byte endianness, Target target, String signature, Object... arguments)
      throws DBusException {
    super(
        endianness,
        target.destination(),
        target.path(),
        target.type(),
        target.member(),
        (byte) 0,
        signature,
        arguments);
  }

  /**
   * What is called.
   *
   * @param type the D-Bus interface
   */
  record Target(String destination, String path, String type, String member) {}

  /**
   * The answer, an error among them. Completed on the thread that reads the bus: go on elsewhere.
   */
  CompletableFuture<Message> answer() {
    return answer;
  }

  @Override
  public synchronized void setReply(Message message) {
    super.setReply(message);
    // The superclass's constructor does not call this, so the field is there.
    answer.complete(message);
  }
}
