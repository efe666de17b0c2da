package hal0.app.cli;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Brings what happens elsewhere (a stream's events, a long call's answer) into one queue, in order
 * of arrival.
 */
final class EventPump {
  private final BlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private volatile String lastId;

  /** What has arrived. */
  sealed interface Item {
    /** An event of the stream. */
    record Event(EventStream.Event event) implements Item {}

    /** The stream has ended, or could not be opened again. */
    record Lost(Failure failure) implements Item {}

    /** The call was answered. */
    record Answered(Object json) implements Item {}

    /** The call failed. */
    record Refused(Failure failure) implements Item {}
  }

  /** Opens a stream, which must succeed, and reads it from now on. */
  void follow(Client client, String path) throws Failure {
    EventStream stream = client.stream(path, lastId);
    Thread.startVirtualThread(() -> read(client, stream));
  }

  /** As {@link #follow}, but opened in the background: a failure arrives as {@link Item.Lost}. */
  void followAgain(Client client, String path) {
    Thread.startVirtualThread(
        () -> {
          try {
            read(client, client.stream(path, lastId));
          } catch (Failure failure) {
            queue.add(new Item.Lost(failure));
          }
        });
  }

  /** Makes a call in the background. */
  void call(Callable<Object> call) {
    Thread.startVirtualThread(
        () -> {
          try {
            queue.add(new Item.Answered(call.call()));
          } catch (Failure failure) {
            queue.add(new Item.Refused(failure));
          } catch (Exception bug) {
            queue.add(new Item.Refused(new Failure(Failure.NOT_DONE, "internal error: " + bug)));
          }
        });
  }

  /** The next item; null when there is none within the time. */
  Item next(long millis) throws InterruptedException {
    return queue.poll(millis, TimeUnit.MILLISECONDS);
  }

  private void read(Client client, EventStream stream) {
    Failure end;
    try {
      for (EventStream.Event event = stream.next(); event != null; event = stream.next()) {
        lastId = stream.lastId();
        queue.add(new Item.Event(event));
      }
      end =
          new Failure(
              Failure.UNREACHABLE,
              "the daemon at " + client.address().where() + " ended the stream");
    } catch (IOException broken) {
      end = client.address().unreachable(broken);
    }
    queue.add(new Item.Lost(end));
  }
}
