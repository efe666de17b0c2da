package hal0.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hal0.app.cli.Failure;
import hal0.app.cli.ServeFlags;
import hal0.systemd.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flags win over variables, those over hal0.toml, that over the defaults. */
class ServeSettingsTest {
  private static final ServeFlags NONE = new ServeFlags(null, null, null, null);

  @TempDir private Path dir;

  private static ServeSettings of(ServeFlags flags, Map<String, String> env) throws Failure {
    return ServeSettings.of(flags, env, false);
  }

  private Map<String, String> home() {
    return new HashMap<>(Map.of("HOME", dir.toString()));
  }

  private void toml(String text) throws IOException {
    Files.createDirectories(dir.resolve(".config/hal0"));
    Files.writeString(dir.resolve(".config/hal0/hal0.toml"), text);
  }

  @Test
  void defaultsOfAUser() throws Exception {
    ServeSettings settings = of(NONE, home());

    assertThat(settings.scope()).isEqualTo(Scope.USER);
    assertThat(settings.configDir()).isEqualTo(dir.resolve(".config/hal0"));
    assertThat(settings.stateDir()).isEqualTo(dir.resolve(".local/state/hal0"));
    assertThat(settings.listen().getAddress().getHostAddress()).isEqualTo("127.0.0.1");
    assertThat(settings.listen().getPort()).isEqualTo(8080);
    assertThat(settings.requireAll()).isFalse();
    assertThat(settings.hosts()).isEmpty();
  }

  @Test
  void defaultsOfTheSystem() throws Exception {
    Map<String, String> env = home();
    env.put("HAL0_CONFIG_DIR", dir.toString());
    ServeSettings settings = ServeSettings.of(NONE, env, true);

    assertThat(settings.scope()).isEqualTo(Scope.SYSTEM);
    assertThat(settings.stateDir()).isEqualTo(Path.of("/var/lib/hal0"));
  }

  @Test
  void theDirectoriesOfTheDesktop() throws Exception {
    Map<String, String> env = home();
    env.put("XDG_CONFIG_HOME", dir.resolve("c").toString());
    env.put("XDG_STATE_HOME", "not/from/the/root");

    assertThat(of(NONE, env).configDir()).isEqualTo(dir.resolve("c/hal0"));
    assertThat(of(NONE, env).stateDir()).isEqualTo(dir.resolve(".local/state/hal0"));
  }

  @Test
  void theFileIsRead() throws Exception {
    toml(
        """
        scope = "system"
        state_dir = "/srv/hal0"
        listen = "[::1]:9000"
        [auth]
        require = "all"
        [server]
        hosts = ["box.example"]
        """);

    ServeSettings settings = of(NONE, home());

    assertThat(settings.scope()).isEqualTo(Scope.SYSTEM);
    assertThat(settings.stateDir()).isEqualTo(Path.of("/srv/hal0"));
    assertThat(settings.listen().getPort()).isEqualTo(9000);
    assertThat(settings.requireAll()).isTrue();
    assertThat(settings.hosts()).isEqualTo(List.of("box.example"));
  }

  @Test
  void variablesWinOverTheFileAndFlagsOverBoth() throws Exception {
    toml("scope = \"system\"\nstate_dir = \"/srv/hal0\"\nlisten = \"127.0.0.1:9000\"\n");
    Map<String, String> env = home();
    env.put("HAL0_SCOPE", "user");
    env.put("HAL0_STATE_DIR", "/from/variable");
    env.put("HAL0_LISTEN", "127.0.0.1:9001");

    ServeSettings byVariable = of(NONE, env);
    ServeSettings byFlag = of(new ServeFlags("system", null, "/from/flag", "localhost:9002"), env);

    assertThat(byVariable.scope()).isEqualTo(Scope.USER);
    assertThat(byVariable.stateDir()).isEqualTo(Path.of("/from/variable"));
    assertThat(byVariable.listen().getPort()).isEqualTo(9001);
    assertThat(byFlag.stateDir()).isEqualTo(Path.of("/from/flag"));
    assertThat(byFlag.listen().getPort()).isEqualTo(9002);
    assertThat(byFlag.listen().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void emptyOnesAreLeftOut() throws Exception {
    Map<String, String> env = home();
    env.put("HAL0_LISTEN", "");

    assertThat(of(new ServeFlags("", "", "", ""), env).listen().getPort()).isEqualTo(8080);
  }

  @Test
  void pathsAreMadeWhole() throws Exception {
    ServeSettings settings = of(new ServeFlags(null, "a/../b", "c", null), home());

    assertThat(settings.configDir()).isEqualTo(Path.of("b").toAbsolutePath());
    assertThat(settings.stateDir()).isEqualTo(Path.of("c").toAbsolutePath());
  }

  @Test
  void whatIsWrongIsNamed() throws Exception {
    refused(new ServeFlags("everywhere", null, null, null), home(), Failure.USAGE, "--scope");
    for (String listen :
        List.of("8080", "host:", "a b:1", "127.0.0.1:65536", "::1:80", "http://x:1", ":8080")) {
      refused(new ServeFlags(null, null, null, listen), home(), Failure.USAGE, "--listen");
    }
    Map<String, String> env = home();
    env.put("HAL0_LISTEN", "nowhere");
    refused(NONE, env, Failure.USAGE, "HAL0_LISTEN");
    refused(new ServeFlags(null, "a\0b", null, null), home(), Failure.USAGE, "--config-dir");
    toml("scope = \"user\"\nlisten = 5\nwhat = 1\n");
    refused(NONE, home(), Failure.NOT_DONE, "hal0.toml", "line 2", "listen", "line 3", "what");
  }

  private static void refused(
      ServeFlags flags, Map<String, String> env, int exitCode, String... parts) {
    assertThatThrownBy(() -> of(flags, env))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.exitCode()).isEqualTo(exitCode))
        .hasMessageContainingAll(parts);
  }
}
