package hal0.slots.reconcile;

/** Takes together what one slot's loop knows, for a decision. For the slot's loop only. */
final class Gathering {
  private Gathering() {}

  /**
   * All of it, as it is now.
   *
   * @param now in {@code Clockwork.nanos()}
   */
  static Facts of(SlotLoop loop, long now) {
    Board board = loop.board();
    return new Facts(
        loop.chronicle().record(),
        loop.defined().spec(),
        loop.orders().goal(),
        board.unit(),
        board.isFresh() && board.isConnected(),
        board.isWatched(),
        board.hasSeenStart(),
        board.stopSeen(Facts.knownRestarts(loop.chronicle().record())),
        board.probe(),
        board.failures(),
        board.noModelSince(),
        board.probedAt(),
        loop.bench().running(),
        now,
        loop.timing().deadline(),
        board.probeAt(),
        loop.bench().isUnitFileDue(),
        loop.traffic().facts(),
        loop.provisions().facts());
  }
}
