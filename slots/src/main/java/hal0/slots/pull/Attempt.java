package hal0.slots.pull;

import hal0.slots.pull.FilePull.Again;
import hal0.slots.pull.Progress.Phase;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** One try to fetch a file, from what is here to its end. For one thread. */
final class Attempt {
  private static final int BUFFER = 256 * 1024;
  private static final long LEAST_RESERVE = 1 << 20;
  private static final long MOST_RESERVE = 256 << 20;

  private final Want.File want;
  private final FilePull.Tools tools;
  private final Halt halt;
  private final FilePull.Listener heard;
  private final Hash hash;
  private final byte[] buffer = new byte[BUFFER];
  private OptionalLong total = OptionalLong.empty();
  private long reached;
  private long size;
  private int status;
  private boolean inVain;
  private boolean resumed;

  Attempt(Want.File want, FilePull.Tools tools, Halt halt, FilePull.Listener heard, Hash hash) {
    this.want = want;
    this.tools = tools;
    this.halt = halt;
    this.heard = heard;
    this.hash = hash;
  }

  /** How far it came at most, in bytes. */
  long reached() {
    return reached;
  }

  /** How much is here. */
  long size() {
    return size;
  }

  /** How much there will be, as the server said last. */
  OptionalLong total() {
    return total;
  }

  /** The last answer's; 0 if there was none. */
  int status() {
    return status;
  }

  /** Whether what was here had to be thrown away. */
  boolean wasInVain() {
    return inVain;
  }

  /**
   * Tries.
   *
   * @throws Again if another try may help
   * @throws PullException if none will
   * @throws IOException if this machine's disk is why
   */
  void run() throws Again, PullException, IOException {
    try (PartFile part = PartFile.open(want, tools.boot())) {
      total = part.meta().total();
      resumed = part.size() > 0;
      hashAgain(part);
      boolean whole = resumed && total.isPresent() && part.size() == total.getAsLong();
      if (!whole) {
        fetch(part);
      }
      check(part);
      part.finish();
    } catch (PartFile.Busy e) {
      throw new Again(e.getMessage());
    }
  }

  /** What others left is read again; what came in this pull was hashed when it came. */
  private void hashAgain(PartFile part) throws IOException {
    note(part);
    if (want.sha256().isEmpty() || hash.length() == part.size()) {
      return;
    }
    hash.reset();
    ByteBuffer into = ByteBuffer.wrap(buffer);
    for (long at = 0; at < part.size(); ) {
      halt.check();
      into.clear();
      int read = part.read(into, at);
      if (read < 0) {
        throw new IOException(PartFile.of(want.path()) + ": became shorter while it was read");
      }
      hash.add(buffer, read);
      at += read;
      heard.heard(Phase.CHECKING, at, total, "");
    }
  }

  private void fetch(PartFile part) throws Again, PullException, IOException {
    try (HttpFetch http = new HttpFetch(tools.sources(), tools.clock(), tools.pace(), halt);
        HttpFetch.Reply reply = ask(http, part)) {
      status = reply.status();
      switch (status) {
        case 200 -> {
          if (part.size() > 0) {
            // It does not know ranges, or has another file now.
            restart(part);
          }
          begin(part, reply, RangeAnswer.whole(reply.header("Content-Length")));
        }
        case 206 -> begin(part, reply, ranged(part, reply));
        case 416 -> nothingLeft(part, reply);
        default -> throw refused(reply);
      }
      if (status != 416) {
        copy(part, reply);
      }
    }
  }

  private HttpFetch.Reply ask(HttpFetch http, PartFile part)
      throws Again, PullException, IOException {
    Optional<String> validator = part.meta().validator();
    if (part.size() > 0 && validator.isEmpty() && want.sha256().isEmpty()) {
      // Nothing would tell that the rest is of the same file.
      restart(part);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    if (part.size() > 0) {
      headers.put("Range", "bytes=" + part.size() + "-");
      validator.ifPresent(value -> headers.put("If-Range", value));
    }
    heard.heard(Phase.FETCHING, part.size(), total, "");
    try {
      return http.get(tools.sources().uri(want.source()), headers);
    } catch (IOException e) {
      throw new Again(e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new PullException("that is no address", Map.of());
    }
  }

  private RangeAnswer ranged(PartFile part, HttpFetch.Reply reply) throws Again, IOException {
    String said = reply.header("Content-Range");
    Optional<RangeAnswer> answer = RangeAnswer.part(said, part.size());
    String etag = strong(reply.header("ETag"));
    boolean changed =
        !part.meta().etag().isEmpty() && !etag.isEmpty() && !etag.equals(part.meta().etag());
    boolean otherLength =
        answer.isPresent()
            && answer.get().total().isPresent()
            && part.meta().total().isPresent()
            && !answer.get().total().equals(part.meta().total());
    if (answer.isEmpty() || changed || otherLength) {
      String asked = "asked for the bytes from " + part.size();
      restart(part);
      inVain = true;
      throw new Again(
          changed || otherLength
              ? "the file has changed at its source"
              : asked + ", and was sent \"" + said + "\"");
    }
    return answer.get();
  }

  private void nothingLeft(PartFile part, HttpFetch.Reply reply) throws Again, IOException {
    OptionalLong whole = RangeAnswer.unsatisfied(reply.header("Content-Range"));
    boolean told = total.isEmpty() || total.equals(whole);
    if (whole.isPresent() && whole.getAsLong() == part.size() && told) {
      return;
    }
    long had = part.size();
    restart(part);
    inVain = true;
    throw new Again(
        "the source has "
            + (whole.isPresent() ? whole.getAsLong() + " bytes" : "less")
            + ", but "
            + had
            + " were here"
            + (told ? "" : ", and it had announced " + total.getAsLong()));
  }

  private PullException refused(HttpFetch.Reply reply) throws Again {
    String said = "the server answered " + status;
    if (status >= 500 || status == 408 || status == 425 || status == 429) {
      String later = reply.header("Retry-After");
      throw new Again(
          said,
          later.matches("\\d{1,6}")
              ? OptionalLong.of(Long.parseLong(later))
              : OptionalLong.empty());
    }
    String why =
        switch (status) {
          case 401, 403 -> " (it wants a key, or the key may not read this)";
          case 404, 410 -> " (there is no such file)";
          default -> "";
        };
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("http_status", status);
    details.put("address", HttpFetch.shown(reply.from()));
    return new PullException(said + why, details);
  }

  /** The head of a good answer: is there room for what follows, and what does it belong to? */
  private void begin(PartFile part, HttpFetch.Reply reply, RangeAnswer answer)
      throws PullException, IOException {
    String coding = reply.header("Content-Encoding");
    if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
      throw new PullException(
          "the server sends it in the coding " + coding + ", which was not asked for", Map.of());
    }
    boolean endIsTold =
        answer.total().isPresent() || reply.header("Transfer-Encoding").contains("chunked");
    if (!endIsTold && want.sha256().isEmpty()) {
      throw new PullException(
          "the server does not say how long it is, so that nobody would notice if the end were"
              + " missing; give its sha256",
          Map.of());
    }
    if (answer.total().isPresent() && answer.total().getAsLong() == 0) {
      throw new PullException("the server sent an empty file", Map.of("total", 0));
    }
    total = answer.total();
    checkRoom(part);
    part.belongsTo(
        new PartFile.Meta(strong(reply.header("ETag")), reply.header("Last-Modified"), total));
  }

  private void checkRoom(PartFile part) throws PullException, IOException {
    if (total.isEmpty()) {
      return;
    }
    long reserve = Math.clamp(total.getAsLong() / 100, LEAST_RESERVE, MOST_RESERVE);
    long needed = total.getAsLong() - part.size() + reserve;
    long free = free();
    if (free < needed) {
      throw new PullException(
          "no room on the disk of "
              + want.path().getParent()
              + ": "
              + Progress.size(needed)
              + " are needed (with a reserve of "
              + Progress.size(reserve)
              + "), "
              + Progress.size(free)
              + " are free",
          Map.of("bytes_needed", needed, "bytes_free", free));
    }
  }

  private long free() throws IOException {
    FileStore store = Files.getFileStore(Objects.requireNonNull(want.path().getParent()));
    return store.getUsableSpace();
  }

  private void copy(PartFile part, HttpFetch.Reply reply) throws Again, PullException, IOException {
    while (true) {
      int read;
      try {
        read = reply.read(buffer);
      } catch (IOException e) {
        String of = total.isPresent() ? " of " + total.getAsLong() : "";
        throw new Again(
            "the connection broke after " + part.size() + of + " bytes (" + e.getMessage() + ")");
      }
      if (read < 0) {
        break;
      }
      write(part, read);
    }
    if (total.isPresent() && part.size() < total.getAsLong()) {
      throw new Again(
          "the connection ended after " + part.size() + " of " + total.getAsLong() + " bytes");
    }
    if (total.isPresent() && part.size() > total.getAsLong()) {
      restart(part);
      inVain = true;
      throw new Again("more came than the " + total.getAsLong() + " bytes that were announced");
    }
  }

  private void write(PartFile part, int length) throws PullException {
    try {
      part.write(buffer, length);
    } catch (IOException e) {
      throw new PullException(local(want, e), full(part));
    }
    hash.add(buffer, length);
    note(part);
    heard.heard(Phase.FETCHING, part.size(), total, "");
  }

  private Map<String, Object> full(PartFile part) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("bytes", part.size());
    total.ifPresent(all -> details.put("total", all));
    try {
      details.put("bytes_free", free());
    } catch (IOException e) {
      details.put("bytes_free", 0);
    }
    return details;
  }

  private void note(PartFile part) {
    size = part.size();
    reached = Math.max(reached, size);
  }

  private void check(PartFile part) throws Again, PullException, IOException {
    if (want.sha256().isEmpty()) {
      return;
    }
    String found = hash.end();
    if (found.equals(want.sha256().get())) {
      return;
    }
    if (resumed) {
      // Perhaps only what was here before was wrong.
      restart(part);
      inVain = true;
      throw new Again("what is here has the sha256 " + found + "; it is fetched anew");
    }
    part.discard();
    throw new PullException(
        "what came has the sha256 " + found + ", not " + want.sha256().get() + "; it was removed",
        Map.of("sha256", found, "sha256_wanted", want.sha256().get()));
  }

  private void restart(PartFile part) throws IOException {
    part.restart();
    hash.reset();
    resumed = false;
    size = 0;
  }

  private static String strong(String etag) {
    return etag.startsWith("\"") ? etag : "";
  }

  /** What this machine's disk said. */
  static String local(Want.File want, IOException e) {
    Path directory = want.path().getParent();
    String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    boolean full = said.contains("No space left") || said.contains("quota");
    return full
        ? "the disk of " + directory + " is full (" + said + ")"
        : "cannot be written: " + said;
  }
}
