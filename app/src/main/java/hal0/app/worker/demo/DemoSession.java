package hal0.app.worker.demo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hal0.app.worker.engine.Answer;
import hal0.app.worker.engine.Progress;
import hal0.app.worker.engine.Reply;
import hal0.app.worker.engine.Request;
import hal0.app.worker.engine.Session;
import hal0.app.worker.engine.SessionConfig;
import hal0.app.worker.engine.Usage;
import hal0.slots.worker.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One of the demo's sessions, for any role. */
final class DemoSession implements Session {
  private static final int STEP_MS = 50;
  private static final int MOST_MS = 3_600_000;
  private static final int MOST_DIMENSIONS = 65_536;

  private final SessionConfig config;
  private final int dimensions;

  DemoSession(SessionConfig config) {
    this.config = config;
    this.dimensions = config.number("dimensions", 64, 1, MOST_DIMENSIONS);
  }

  @Override
  public void load(Progress progress) throws Exception {
    if (config.options().path("load_stall").asBoolean(false)) {
      stall();
    }
    int all = config.number("load_ms", 0, 0, MOST_MS);
    for (int done = 0; done < all && !progress.cancelled(); done += STEP_MS) {
      progress.advanced((double) done / all, "reading " + done * 100L / all + "%");
      nap(Math.min(STEP_MS, all - done));
    }
    String file = config.text("load_until", "");
    while (!file.isEmpty() && !Files.exists(Path.of(file)) && !progress.cancelled()) {
      progress.advanced();
      nap(STEP_MS);
    }
    String failure = config.text("fail_load", "");
    if (!failure.isEmpty()) {
      throw new IOException(failure);
    }
  }

  @Override
  public Answer handle(Request request, Reply reply) throws Exception {
    SessionConfig wanted = with(request);
    trouble(wanted);
    wait(reply, wanted.number("delay_ms", 0, 0, MOST_MS));
    return switch (request) {
      case Request.Embed embed -> embed(embed);
      case Request.Rerank rerank -> rank(rerank);
      case Request.Chat chat -> chat(chat, wanted, reply);
    };
  }

  @Override
  public void close() {
    // Nothing is held: what a real engine has loaded it gives back here.
  }

  private Answer embed(Request.Embed request) {
    List<float[]> vectors = new ArrayList<>();
    int words = 0;
    for (String text : request.input()) {
      List<String> all = Words.of(text);
      words += all.size();
      vectors.add(Words.vector(all, dimensions));
    }
    return new Answer.Embeddings(vectors, new Usage(words, 0));
  }

  private static Answer rank(Request.Rerank request) {
    List<String> query = Words.of(request.query());
    List<Answer.Ranked> ranked = new ArrayList<>();
    int words = query.size();
    for (String document : request.documents()) {
      List<String> all = Words.of(document);
      words += all.size();
      ranked.add(new Answer.Ranked(ranked.size(), Words.overlap(query, all)));
    }
    ranked.sort(Comparator.comparingDouble(Answer.Ranked::score).reversed());
    return new Answer.Ranking(ranked, new Usage(words, 0));
  }

  /** Says again what was said last; for vision, what each image is, first. */
  private Answer chat(Request.Chat request, SessionConfig wanted, Reply reply) throws Exception {
    Request.Message last = request.messages().getLast();
    StringBuilder said = new StringBuilder();
    if (config.role() == Role.VISION) {
      for (String image : last.images()) {
        said.append(ImageSize.describe(image)).append(' ');
      }
    }
    List<String> pieces = Words.pieces(said.append(last.text()).toString());
    int most = request.maxTokens().orElse(Integer.MAX_VALUE);
    int pause = wanted.number("delta_ms", 0, 0, MOST_MS);
    int stallAfter = wanted.number("stall_after", Integer.MAX_VALUE, 0, Integer.MAX_VALUE);
    int given = 0;
    for (String piece : pieces.subList(0, Math.min(most, pieces.size()))) {
      if (given == stallAfter) {
        stall();
      }
      wait(reply, pause);
      reply.delta(piece);
      given++;
    }
    int heard = request.messages().stream().mapToInt(one -> Words.of(one.text()).size()).sum();
    return new Answer.Said(pieces.size() > most ? "length" : "stop", new Usage(heard, given));
  }

  private SessionConfig with(Request request) {
    ObjectNode options = config.options().deepCopy();
    if (request.raw().path("demo") instanceof ObjectNode own) {
      options.setAll(own);
    }
    return new SessionConfig(config.role(), config.model(), config.modelPath(), options);
  }

  private static void trouble(SessionConfig wanted) throws Exception {
    int noise = wanted.number("noise", 0, 0, 1 << 20);
    for (int i = 0; i < noise; i++) {
      (i % 2 == 0 ? System.out : System.err).write(i % 64 == 63 ? '\n' : 'a' + i % 26);
    }
    System.out.flush();
    int exit = wanted.number("exit", -1, 0, 255);
    if (exit >= 0) {
      Runtime.getRuntime().halt(exit);
    }
    String failure = wanted.text("fail", "");
    if (!failure.isEmpty()) {
      throw new IOException(failure);
    }
    boolean talks = wanted.role() == Role.CHAT || wanted.role() == Role.VISION;
    if (!talks && wanted.options().has("stall_after")) {
      stall();
    }
  }

  private static void wait(Reply reply, int millis) throws Exception {
    for (int left = millis; left > 0; left -= STEP_MS) {
      if (reply.cancelled()) {
        throw new Reply.CancelledException(null);
      }
      nap(Math.min(STEP_MS, left));
      reply.advanced();
    }
  }

  private static void nap(int millis) throws InterruptedException {
    boolean never = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    assert !never;
  }

  private static void stall() throws InterruptedException {
    new CountDownLatch(1).await();
  }
}
