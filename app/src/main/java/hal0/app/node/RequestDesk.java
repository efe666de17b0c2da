package hal0.app.node;

import hal0.slots.SlotException;
import hal0.slots.SlotManager;
import hal0.slots.SlotView;
import hal0.slots.admission.Lease;
import hal0.slots.time.Clockwork;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Answers every request that comes over the bus. Safe for use by many threads. */
final class RequestDesk {
  private static final System.Logger LOG = System.getLogger(RequestDesk.class.getName());

  /** So many are run at a time. */
  private static final int MOST_RUNNING = 32;

  /** So many may wait for their answer to be given, or to be taken by the bus. */
  private static final int MOST_OPEN = 500;

  /** So many bytes of requests and their answers are held at a time, before one more is refused. */
  static final long MOST_HELD = 32L << 20;

  /** So long an answer is offered to a bus that does not take it. */
  private static final Duration OFFERED = Duration.ofSeconds(60);

  private final ReadinessBoard board;
  private final SlotManager slots;
  private final SlotChooser chooser;
  private final Inference inference;
  private final RequestSource source;
  private final boolean strict;
  private final Clockwork clock;
  private final AnswerMemory memory;
  private final Semaphore running = new Semaphore(MOST_RUNNING);
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong held = new AtomicLong();

  /**
   * @param strict whether a node that is not ready refuses everything
   */
  RequestDesk(
      ReadinessBoard board,
      SlotManager slots,
      SlotChooser chooser,
      Inference inference,
      RequestSource source,
      boolean strict,
      Clockwork clock) {
    this.board = board;
    this.slots = slots;
    this.chooser = chooser;
    this.inference = inference;
    this.source = source;
    this.strict = strict;
    this.clock = clock;
    this.memory = new AnswerMemory(clock);
  }

  /** A request came. Returns at once. */
  void arrived(byte[] bytes) {
    if (open.incrementAndGet() > MOST_OPEN) {
      // The bus brings requests and does not take answers: nothing can be told to anybody.
      open.decrementAndGet();
      LOG.log(System.Logger.Level.WARNING, "a request over the bus is not answered: too many are");
      return;
    }
    boolean fits = held.addAndGet(bytes.length) <= MOST_HELD;
    // One that is too much is read here, one at a time, so that its sender can be told.
    Optional<byte[]> refusal = fits ? Optional.empty() : Optional.of(tooMuch(bytes));
    if (refusal.isPresent()) {
      held.addAndGet(-bytes.length);
    }
    clock.execute(() -> attend(refusal.isPresent() ? new byte[0] : bytes, refusal));
  }

  private void attend(byte[] bytes, Optional<byte[]> refusal) {
    long length = bytes.length;
    try {
      byte[] answer = refusal.isPresent() ? refusal.get() : answer(bytes);
      held.addAndGet(answer.length);
      length += answer.length;
      send(answer);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      held.addAndGet(-length);
      open.decrementAndGet();
    }
  }

  private byte[] tooMuch(byte[] bytes) {
    try {
      String full = "requests of " + (MOST_HELD >> 20) + " MiB are under way already";
      return told(Answer.unavailable(ChatRequest.parse(bytes), full, board.word()), 0);
    } catch (ChatRequest.Bad e) {
      return told(Answer.bad(e), 0);
    }
  }

  private byte[] answer(byte[] bytes) throws InterruptedException {
    ChatRequest request;
    try {
      request = ChatRequest.parse(bytes);
    } catch (ChatRequest.Bad e) {
      return told(Answer.bad(e), 0);
    }
    Optional<CompletableFuture<byte[]>> known = memory.claim(request.id());
    if (known.isPresent()) {
      return known.get().join();
    }
    byte[] answer = told(Answer.failed(request, "an error in hal0 itself"), 0);
    try {
      answer = run(request);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "cannot answer a request over the bus", e);
    } finally {
      memory.answered(request.id(), answer);
    }
    return answer;
  }

  private byte[] run(ChatRequest request) throws InterruptedException {
    Snapshot now = board.look();
    NodeState state = now.readiness().state();
    if ((strict && state != NodeState.READY) || now.last()) {
      return told(Answer.unavailable(request, now.readiness().reason(), state.word()), 0);
    }
    SlotView slot;
    try {
      slot = chooser.choose(request.model());
    } catch (SlotChooser.NoRoute e) {
      return told(Answer.bad(request, String.valueOf(e.getMessage())), 0);
    }
    if (!running.tryAcquire()) {
      String full = MOST_RUNNING + " requests over the bus are under way already";
      return told(Answer.unavailable(request, full, state.word()), 0);
    }
    try (Lease lease = slots.enter(slot.name()).get()) {
      return ask(lease, request);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SlotException refused) {
        String why = String.valueOf(refused.getMessage());
        return told(Answer.unavailable(request, why, board.word()), 0);
      }
      throw new IllegalStateException(e);
    } finally {
      running.release();
    }
  }

  private byte[] ask(Lease lease, ChatRequest request) {
    long start = clock.nanos();
    Answer answer;
    try {
      String content = inference.ask(lease, request);
      answer = Answer.of(request, request.model().orElse(lease.slot().modelId()), content);
    } catch (IOException e) {
      answer = Answer.failed(request, String.valueOf(e.getMessage()));
    }
    return told(answer, (clock.nanos() - start) / 1_000_000);
  }

  private byte[] told(Answer answer, long tookMs) {
    return answer.json(tookMs, clock.now().toEpochMilli());
  }

  /** Offers the answer until the bus takes it. */
  private void send(byte[] answer) throws InterruptedException {
    long deadline = clock.nanos() + OFFERED.toNanos();
    int failures = 0;
    while (true) {
      try {
        source.answer(answer);
        return;
      } catch (IOException e) {
        if (clock.nanos() - deadline > 0 || board.look().last()) {
          LOG.log(
              System.Logger.Level.WARNING,
              "an answer was not taken by the bus: {0}",
              e.getMessage());
          return;
        }
      }
      failures++;
      board.rest(Backoff.after(failures, clock));
    }
  }

  /** Ends what is under way, after the board's end; waits a moment for the answers' way out. */
  void end(Duration patience) {
    inference.cancelAll();
    long deadline = clock.nanos() + patience.toNanos();
    CompletableFuture<Void> empty = new CompletableFuture<>();
    look(empty, deadline);
    empty.join();
  }

  private void look(CompletableFuture<Void> empty, long deadline) {
    if (open.get() == 0 || clock.nanos() - deadline > 0) {
      empty.complete(null);
    } else {
      clock.schedule(Duration.ofMillis(20), () -> look(empty, deadline));
    }
  }
}
