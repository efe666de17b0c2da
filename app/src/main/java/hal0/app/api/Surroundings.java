package hal0.app.api;

import hal0.slots.time.Clockwork;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/**
 * What every exchange needs of its server.
 *
 * @param stopping ends when the server begins to end
 * @param streams one permit for each stream that may yet be opened
 */
record Surroundings(
    Limits limits, Clockwork clockwork, CompletableFuture<Void> stopping, Semaphore streams) {
  /** Those of a server that has just been made. */
  static Surroundings of(Limits limits, Clockwork clockwork) {
    return new Surroundings(
        limits, clockwork, new CompletableFuture<>(), new Semaphore(limits.streams()));
  }
}
