package hal0.tests.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.slots.pull.Pace;
import hal0.slots.pull.Progress;
import hal0.slots.pull.PullException;
import hal0.slots.pull.Pulls;
import hal0.slots.pull.Sources;
import hal0.slots.pull.Storehouse;
import hal0.slots.pull.Want;
import hal0.slots.spec.Models;
import hal0.slots.time.SystemClockwork;
import hal0.tests.bed.Await;
import hal0.tests.bed.FileServer;
import hal0.tests.bed.FileServer.Manner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file fetched from servers that break connections, lie and change their minds. */
class FilePullTest {
  private static final int SIZE = 1_000_003;
  private static final Pace QUICK =
      new Pace(
          Duration.ofSeconds(30),
          Duration.ofSeconds(120),
          3,
          Duration.ofMillis(1),
          Duration.ofMillis(10));

  @TempDir Path directory;
  private FileServer server;
  private Storehouse store;
  private Path path;
  private final List<Progress> heard = new CopyOnWriteArrayList<>();

  @BeforeEach
  void begin() throws IOException {
    server = FileServer.of(SIZE);
    store = store(Sources.standard(), QUICK);
    path = directory.resolve("models/deep/m.gguf");
  }

  @AfterEach
  void end() {
    store.close();
    server.close();
  }

  private static Storehouse store(Sources sources, Pace pace) {
    return new Storehouse(
        sources, pace, new SystemClockwork(), (spec, id) -> Models.Entry.UNKNOWN, Map.of());
  }

  private Want.File want(String source, Optional<String> sha256) {
    return new Want.File("m", path, source, sha256);
  }

  private Pulls.Pull pull(Optional<String> sha256) {
    return store.begin(List.of(want(server.url("/m.gguf"), sha256)), heard::add);
  }

  private static void ended(Pulls.Pull pull)
      throws InterruptedException, ExecutionException, TimeoutException {
    pull.done().get(Await.LONG.toSeconds() * 2, TimeUnit.SECONDS);
  }

  private PullException failed(Pulls.Pull pull) throws Exception {
    try {
      ended(pull);
    } catch (ExecutionException e) {
      assertThat(e.getCause()).isInstanceOf(PullException.class);
      return (PullException) e.getCause();
    }
    throw new AssertionError("it did not fail");
  }

  private void assertWhole() throws IOException {
    assertThat(Files.readAllBytes(path)).isEqualTo(server.content());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-r--r--");
    try (var files = Files.list(path.getParent())) {
      assertThat(files).containsExactly(path);
    }
  }

  private List<String> ranges() {
    return server.asked().stream().map(asked -> asked.header("range")).toList();
  }

  @Test
  void aFileComesWhole() throws Exception {
    ended(pull(Optional.of(server.sha256())));
    assertWhole();
    assertThat(ranges()).containsExactly("");
    assertThat(server.asked().getFirst().header("accept-encoding")).isEqualTo("identity");
    assertThat(heard).isNotEmpty();
  }

  @Test
  void brokenConnectionsAreGoneOnWithAsLongAsSomethingNewComes() throws Exception {
    Manner breaks = Manner.breaksAfter(100_000);
    server.next(breaks, breaks, breaks, breaks, breaks, breaks, breaks);
    ended(pull(Optional.of(server.sha256())));
    assertWhole();
    assertThat(ranges()).hasSizeGreaterThan(5).doesNotHaveDuplicates().startsWith("");
    assertThat(server.asked().get(1).header("if-range")).isEqualTo("\"v1\"");
  }

  @Test
  void theSameWithoutASumAndWithChunks() throws Exception {
    server.next(Manner.breaksAfter(300_000).inChunks(), Manner.breaksAfter(300_000).inChunks());
    ended(pull(Optional.empty()));
    assertWhole();
    assertThat(ranges()).hasSizeGreaterThan(1);
  }

  @Test
  void aServerThatDoesNotKnowRangesIsTakenFromTheBeginning() throws Exception {
    server.next(Manner.breaksAfter(400_000));
    server.usually(Manner.GOOD.withoutRanges());
    ended(pull(Optional.of(server.sha256())));
    assertWhole();
  }

  @Test
  void anotherRangeThanAskedForIsRefused() throws Exception {
    server.next(Manner.breaksAfter(400_000), Manner.GOOD.shifted(1));
    ended(pull(Optional.empty()));
    assertWhole();
    assertThat(ranges().getLast()).as("begun anew").isEmpty();
  }

  @Test
  void aFileThatChangesMeanwhileIsBegunAnew() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.next(Manner.waitsAfter(400_000, gate));
    Pulls.Pull pull = pull(Optional.empty());
    Await.until("something came", Await.LONG, () -> size() > 0);
    pull.cancel();
    byte[] other = server.content();
    other[0] ^= 1;
    server.replace(other, "\"v2\"");
    gate.countDown();
    ended(pull(Optional.empty()));
    assertWhole();
  }

  private long size() {
    Path part = path.resolveSibling("m.gguf.part");
    return part.toFile().length();
  }

  @Test
  void aServerThatAnnouncesMoreThanThereIsIsNotBelievedForEver() throws Exception {
    server.usually(Manner.GOOD.announcing(10));
    PullException why = failed(pull(Optional.empty()));
    assertThat(why).hasMessageContaining("m could not be fetched from " + server.url("/m.gguf"));
    assertThat(path).doesNotExist();
    assertThat(server.asked()).hasSizeLessThan(20);
  }

  @Test
  void wrongBytesAreRemovedAndSaid() throws Exception {
    server.usually(Manner.GOOD.spoiling());
    PullException why = failed(pull(Optional.of(server.sha256())));
    assertThat(why).hasMessageContaining("sha256").hasMessageContaining(server.sha256());
    assertThat(why.details()).containsKey("sha256").containsEntry("model", "m");
    assertThat(path).doesNotExist();
    assertThat(path.resolveSibling("m.gguf.part")).doesNotExist();
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void aWrongBeginningIsNotGoneOnWithTwice() throws Exception {
    server.next(Manner.breaksAfter(700_000).spoiling());
    ended(pull(Optional.of(server.sha256())));
    assertWhole();
  }

  @Test
  void whatIsNotThereIsNotAskedForAgain() throws Exception {
    server.usually(Manner.says(404, Map.of()));
    PullException why = failed(pull(Optional.empty()));
    assertThat(why).hasMessageContaining("404");
    assertThat(why.details()).containsEntry("http_status", 404).containsKey("path");
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void aServerInTroubleIsAskedAgainAndNotForEver() throws Exception {
    Manner trouble = Manner.says(503, Map.of());
    server.next(trouble, trouble);
    ended(pull(Optional.empty()));
    assertWhole();
    Files.delete(path);
    server.usually(trouble);
    int before = server.asked().size();
    assertThat(failed(pull(Optional.empty()))).hasMessageContaining("503");
    assertThat(server.asked().size() - before).isEqualTo(QUICK.retries() + 1);
  }

  @Test
  void aSilentServerIsLeft() throws Exception {
    Pace hasty =
        new Pace(
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            1,
            Duration.ofMillis(1),
            Duration.ofMillis(1));
    CountDownLatch never = new CountDownLatch(1);
    server.usually(Manner.waitsAfter(0, never));
    try (Storehouse impatient = store(Sources.standard(), hasty)) {
      Want want = want(server.url("/m.gguf"), Optional.empty());
      PullException why = failed(impatient.begin(List.of(want), heard::add));
      assertThat(why).hasMessageContaining("for 2 s");
    }
  }

  @Test
  void anEmptyFileIsNoModel() throws Exception {
    try (FileServer mute = FileServer.of(1000)) {
      Want.File want = want(mute.url("/m"), Optional.empty());
      mute.usually(Manner.GOOD.announcing(-1000));
      assertThat(failed(store.begin(List.of(want), heard::add))).hasMessageContaining("empty");
    }
  }

  @Test
  void twoWhoWantTheSameShareItAndOneMayLeave() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.next(Manner.waitsAfter(100_000, gate));
    Pulls.Pull first = pull(Optional.of(server.sha256()));
    Pulls.Pull second = pull(Optional.of(server.sha256()));
    Await.until("something came", Await.LONG, () -> size() > 0);
    first.cancel();
    gate.countDown();
    ended(second);
    assertThat(first.done().isCancelled()).isTrue();
    assertWhole();
    assertThat(server.asked()).hasSize(1);
  }

  @Test
  void whoWantsAnotherFileInTheSamePlaceIsToldSo() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.next(Manner.waitsAfter(100_000, gate));
    Pulls.Pull first = pull(Optional.empty());
    Want other = want(server.url("/other.gguf"), Optional.empty());
    assertThat(failed(store.begin(List.of(other), heard::add)))
        .hasMessageContaining("for another slot");
    gate.countDown();
    ended(first);
    assertWhole();
  }

  @Test
  void whatHadComeIsKeptByACancelAndGoneOnWith() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    server.next(Manner.waitsAfter(500_000, gate));
    Pulls.Pull first = pull(Optional.of(server.sha256()));
    Await.until("half of it came", Await.LONG, () -> size() >= 400_000);
    first.cancel();
    assertThatThrownBy(() -> ended(first))
        .isInstanceOf(java.util.concurrent.CancellationException.class);
    Await.until("the part is let go", Await.LONG, () -> store.underWay().isEmpty());
    // Another process, as after a restart of the daemon, finds it on disk.
    try (Storehouse later = store(Sources.standard(), QUICK)) {
      Want want = want(server.url("/m.gguf"), Optional.of(server.sha256()));
      ended(later.begin(List.of(want), heard::add));
    }
    gate.countDown();
    assertWhole();
    assertThat(ranges().getLast()).startsWith("bytes=").isNotEqualTo("bytes=0-");
  }

  @Test
  void whatHadComeOfAnotherSourceIsThrownAway() throws Exception {
    Files.createDirectories(path.getParent());
    Files.writeString(path.resolveSibling("m.gguf.part"), "of something else");
    ended(pull(Optional.empty()));
    assertWhole();
    assertThat(ranges()).containsExactly("");
  }

  @Test
  void aKeyGoesToItsOwnHostOnly() throws Exception {
    try (FileServer elsewhere = FileServer.of(SIZE)) {
      Sources sources = new Sources(URI.create(server.url("/mirror")), Optional.of("secret"));
      String target = elsewhere.url("/cdn?sig=1").replace("127.0.0.1", "localhost");
      server.next(Manner.says(302, Map.of("Location", target)));
      try (Storehouse mirrored = store(sources, QUICK)) {
        Want want = want("hf://owner/repo/sub/m.gguf@v1", Optional.of(server.sha256()));
        ended(mirrored.begin(List.of(want), heard::add));
      }
      assertWhole();
      assertThat(server.asked().getFirst().path())
          .isEqualTo("/mirror/owner/repo/resolve/v1/sub/m.gguf");
      assertThat(server.asked().getFirst().header("authorization")).isEqualTo("Bearer secret");
      assertThat(elsewhere.asked().getFirst().header("authorization")).isEmpty();
    }
  }

  @Test
  void whatTheAnswerIsCodedInIsRefused() throws Exception {
    server.usually(
        new Manner(0, -1, true, 0, 0, false, false, null, Map.of("Content-Encoding", "gzip")));
    assertThat(failed(pull(Optional.empty()))).hasMessageContaining("gzip");
  }
}
