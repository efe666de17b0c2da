package hal0.app.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Engines of others, found in jars. */
class EnginesTest {
  private static final String SOURCE =
      """
      package other;
      import hal0.app.worker.engine.*;
      import hal0.slots.worker.Role;
      import java.util.Set;
      public final class Upper implements Engine {
        public String name() { return "upper"; }
        public Set<Role> roles() { return Set.of(Role.CHAT); }
        public Session open(SessionConfig config) {
          return new Session() {
            public void load(Progress progress) { progress.advanced(1, "nothing to load"); }
            public Answer handle(Request request, Reply reply) throws Exception {
              var chat = (Request.Chat) request;
              reply.delta(chat.messages().getLast().text().toUpperCase());
              return new Answer.Said("stop", new Usage(1, 1));
            }
            public void close() {}
          };
        }
      }
      """;

  @TempDir Path directory;

  @Test
  void anEngineInAJarIsFoundAndABadJarCostsNothing() throws Exception {
    Files.writeString(directory.resolve("broken.jar"), "no jar");
    jar("missing.jar", "other.Missing");
    compile();
    jar("upper.jar", "other.Upper");
    Engines engines = Engines.in(List.of(directory.resolve("nowhere"), directory));
    assertThat(engines.named("upper").roles()).hasSize(1);
    assertThat(engines.named("demo").roles()).hasSize(4);
    assertThatThrownBy(() -> engines.named("other"))
        .hasMessage("no engine is called other, but demo, upper");
  }

  @Test
  void enginesLieWhereTheVariableSaysAndInTheDistribution() {
    Path home = Path.of("/opt/hal0");
    assertThat(Engines.directories(Map.of("HAL0_ENGINES", "/a::/b"), home))
        .containsExactly(Path.of("/a"), Path.of("/b"), home.resolve("lib/engines"));
    assertThat(Engines.directories(Map.of(), null)).isEmpty();
  }

  private void compile() throws IOException {
    Path source = Files.createDirectories(directory.resolve("src/other")).resolve("Upper.java");
    Files.writeString(source, SOURCE);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory.resolve("classes").toString(),
                source.toString());
    assertThat(result).isZero();
  }

  private void jar(String name, String engine) throws IOException {
    try (OutputStream file = Files.newOutputStream(directory.resolve(name));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("META-INF/services/hal0.app.worker.engine.Engine"));
      jar.write(engine.getBytes(StandardCharsets.UTF_8));
      Path classes = directory.resolve("classes/other");
      if (Files.isDirectory(classes)) {
        try (var each = Files.newDirectoryStream(classes)) {
          for (Path one : each) {
            jar.putNextEntry(new JarEntry("other/" + one.getFileName()));
            jar.write(Files.readAllBytes(one));
          }
        }
      }
    }
  }
}
