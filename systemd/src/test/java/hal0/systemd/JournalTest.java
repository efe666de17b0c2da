package hal0.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a small program in place of {@code journalctl}. */
class JournalTest {
  private static final UnitName UNIT = UnitName.ofSlot("chat");

  @TempDir private Path base;

  private Journal journal(Scope scope, String script) throws IOException {
    Path program = Files.writeString(base.resolve("journalctl"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new Journal(scope, Map.of("GREETING", "hello"), program.toString());
  }

  @Test
  void asksForTheUnitOfItsScope() throws Exception {
    String echo = "for word; do echo \"$word\"; done; echo $GREETING $LC_ALL";
    assertThat(journal(Scope.USER, echo).tail(UNIT, "", 20).lines())
        .contains(
            "--user-unit=hal0-slot@chat.service",
            "--lines=20",
            "--quiet",
            "--output=cat",
            "hello C");
    assertThat(journal(Scope.SYSTEM, echo).tail(UNIT, "", 99_999_999).lines())
        .contains("--unit=hal0-slot@chat.service", "--lines=10000");
    assertThat(journal(Scope.SYSTEM, echo).tail(UNIT, "abc", 20).lines())
        .contains("_SYSTEMD_INVOCATION_ID=abc", "USER_INVOCATION_ID=abc")
        .doesNotContain("--unit=hal0-slot@chat.service");
  }

  @Test
  void takesTheLastLinesWithoutColoursAndControls() throws Exception {
    Journal.Tail tail =
        journal(
                Scope.USER,
                "echo first; printf '\\033[1;31mred\\033[0m \\007bell\\ttab\\n'; printf 'no end'")
            .tail(UNIT, "", 2);
    assertThat(tail)
        .isEqualTo(new Journal.Tail(List.of("red  bell\ttab", "no end"), Optional.empty()));
  }

  @Test
  void boundsALine() throws Exception {
    Journal.Tail tail =
        journal(Scope.USER, "head -c 100000 /dev/zero | tr '\\0' x; echo; echo last")
            .tail(UNIT, "", 10);
    assertThat(tail.lines()).hasSize(2).last().isEqualTo("last");
    assertThat(tail.lines().getFirst()).hasSize(16 * 1024);
  }

  @Test
  void saysWhyThereIsNothing() throws Exception {
    String none = "for word; do [ \"$word\" = --quiet ] && exit 0; done; echo '-- No entries --'; ";
    assertThat(
            journal(Scope.USER, none + "echo 'No journal files were found.' >&2")
                .tail(UNIT, "", 5)
                .hint())
        .hasValueSatisfying(hint -> assertThat(hint).contains("no journal here"));
    assertThat(
            journal(
                    Scope.USER,
                    none
                        + "echo 'No journal files were opened due to insufficient permissions.'"
                        + " >&2")
                .tail(UNIT, "", 5)
                .hint())
        .hasValueSatisfying(hint -> assertThat(hint).contains("systemd-journal"));
    assertThat(journal(Scope.USER, none).tail(UNIT, "", 5))
        .isEqualTo(new Journal.Tail(List.of(), Optional.empty()));
    assertThat(new Journal(Scope.USER, Map.of(), "/nowhere/journalctl").tail(UNIT, "", 5).hint())
        .hasValueSatisfying(hint -> assertThat(hint).contains("/nowhere/journalctl"));
  }

  @Test
  void doesNotWaitForAHangingOne() throws Exception {
    Journal.Tail tail = journal(Scope.USER, "echo before; exec sleep 1000000").tail(UNIT, "", 5);
    assertThat(tail.lines()).containsExactly("before");
  }

  @Test
  void followsUntilClosed() throws Exception {
    String past = "case \"$*\" in *--boot*) echo one; exit;; esac; ";
    Journal journal = journal(Scope.USER, past + "echo one; echo two; exec sleep 1000000");
    try (Journal.LineStream lines = journal.follow(UNIT, 10)) {
      assertThat(lines.next()).contains("one");
      assertThat(lines.next()).contains("two");
      Thread closer = Thread.ofVirtual().start(lines::close);
      assertThat(lines.next()).isEmpty();
      closer.join();
    }
    assertThatThrownBy(
            () -> new Journal(Scope.USER, Map.of(), "/nowhere/journalctl").follow(UNIT, 10))
        .isInstanceOf(IOException.class);
  }

  @Test
  void beginsAtTheBeginningWhereNothingWasSaidYet() throws Exception {
    String past = "case \"$*\" in *--boot*) exit;; esac; echo \"$*\"";
    try (Journal.LineStream lines = journal(Scope.SYSTEM, past).follow(UNIT, 10)) {
      assertThat(lines.next().orElse("")).contains("--no-tail --follow").doesNotContain("--lines");
    }
    String some = "case \"$*\" in *--boot*) echo old; exit;; esac; echo \"$*\"";
    try (Journal.LineStream lines = journal(Scope.SYSTEM, some).follow(UNIT, 10)) {
      assertThat(lines.next().orElse("")).contains("--lines=10 --follow");
    }
  }
}
