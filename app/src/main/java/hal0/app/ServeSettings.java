package hal0.app;

import hal0.app.cli.Failure;
import hal0.app.cli.ServeFlags;
import hal0.app.gateway.GatewayLimits;
import hal0.slots.pull.Sources;
import hal0.slots.room.Budget;
import hal0.slots.spec.DaemonSettings;
import hal0.slots.spec.SpecProblem;
import hal0.systemd.Scope;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the daemon was told: flags before variables before {@code hal0.toml} before defaults.
 * Immutable.
 *
 * @param configDir where {@code hal0.toml} and {@code slots/} are; absolute
 * @param stateDir where records and the token are; absolute
 * @param listen the API's address, resolved
 * @param requireAll whether every request needs the token
 * @param hosts further names that requests may be addressed to
 * @param required slots that the node's readiness depends on beside the enabled ones
 * @param gateway what requests to slots may cost
 * @param sources where models come from
 * @param budget what the loaded slots may take together
 */
public record ServeSettings(
    Scope scope,
    Path configDir,
    Path stateDir,
    InetSocketAddress listen,
    boolean requireAll,
    List<String> hosts,
    List<String> required,
    GatewayLimits gateway,
    Sources sources,
    Budget budget,
    Map<String, String> environment) {
  private static final String LISTEN = "127.0.0.1:8080";

  /** Where the scope's systemd looks for units. */
  public Path unitDir() {
    return scope.unitDirectory(environment);
  }

  /** The API's socket; none for a user who has no directory for such. */
  public Optional<Path> socket() {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (scope == Scope.SYSTEM) {
      return Optional.of(Path.of("/run/hal0/api.sock"));
    }
    return runtime.startsWith("/")
        ? Optional.of(Path.of(runtime, "hal0", "api.sock"))
        : Optional.empty();
  }

  /** Where the slot files are. */
  public Path slotDir() {
    return configDir.resolve("slots");
  }

  /**
   * Puts it all together; reads {@code hal0.toml}.
   *
   * @param root whether this process is root's, whose scope is the system by default
   * @throws Failure if a flag or a variable (wrong usage) or the file (not done) is wrong; the
   *     message names which
   */
  public static ServeSettings of(ServeFlags flags, Map<String, String> env, boolean root)
      throws Failure {
    Optional<Said> scopeSaid = said(flags.scope(), "--scope", env, "HAL0_SCOPE");
    Optional<Scope> asked = optional(scopeSaid, Scope::of);
    // Which directory holds hal0.toml cannot depend on what it says.
    Scope assumed = asked.orElse(root ? Scope.SYSTEM : Scope.USER);
    Path config =
        optional(said(flags.configDir(), "--config-dir", env, "HAL0_CONFIG_DIR"), Path::of)
            .orElseGet(() -> directory(assumed, env, "/etc/hal0", "XDG_CONFIG_HOME", ".config"))
            .toAbsolutePath()
            .normalize();
    Path file = config.resolve("hal0.toml");
    DaemonSettings toml = usable(file, DaemonSettings.read(file));
    Scope scope = asked.orElse(toml.scope().map(Scope::of).orElse(assumed));
    Optional<Said> state = said(flags.stateDir(), "--state-dir", env, "HAL0_STATE_DIR");
    Optional<Said> listen = said(flags.listen(), "--listen", env, "HAL0_LISTEN");
    return new ServeSettings(
        scope,
        config,
        optional(or(state, toml.stateDirectory(), file + ": state_dir"), Path::of)
            .orElseGet(
                () -> directory(scope, env, "/var/lib/hal0", "XDG_STATE_HOME", ".local/state"))
            .toAbsolutePath()
            .normalize(),
        read(
            or(listen, toml.listen(), file + ": listen")
                .orElse(new Said(LISTEN, "the default", Failure.NOT_DONE)),
            ListenAddress::parse),
        toml.tokenAlways(),
        toml.hosts(),
        toml.required(),
        GatewayLimits.of(
            toml.maxBody().orElse(GatewayLimits.BODY),
            toml.maxUpload().orElse(GatewayLimits.UPLOAD)),
        sources(toml, file, env),
        toml.budget(),
        Map.copyOf(env));
  }

  private static Sources sources(DaemonSettings toml, Path file, Map<String, String> env)
      throws Failure {
    Optional<Said> said = said(null, "", env, "HAL0_HF_BASE");
    Optional<URI> base =
        optional(or(said, toml.hfBase(), file + ": pull.hf_base"), ServeSettings::base);
    return new Sources(
        base.orElse(URI.create(Sources.HF_BASE)),
        Optional.ofNullable(env.get("HF_TOKEN")).filter(token -> !token.isBlank()));
  }

  private static URI base(String text) {
    if (!DaemonSettings.BASE.matcher(text).matches()) {
      throw new IllegalArgumentException("must be an address such as " + Sources.HF_BASE);
    }
    return URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }

  /**
   * A setting as it was written.
   *
   * @param source where
   * @param exitCode what the process ends with if it is wrong
   */
  private record Said(String text, String source, int exitCode) {}

  /** A flag, else a variable; empty ones count as left out. */
  private static Optional<Said> said(
      String flag, String flagName, Map<String, String> env, String variable) {
    if (flag != null && !flag.isEmpty()) {
      return Optional.of(new Said(flag, flagName, Failure.USAGE));
    }
    String value = env.getOrDefault(variable, "");
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(new Said(value, variable, Failure.USAGE));
  }

  private static Optional<Said> or(Optional<Said> first, Optional<String> inFile, String source) {
    return first.or(() -> inFile.map(text -> new Said(text, source, Failure.NOT_DONE)));
  }

  private static <T> Optional<T> optional(Optional<Said> said, Function<String, T> reader)
      throws Failure {
    return said.isPresent() ? Optional.of(read(said.get(), reader)) : Optional.empty();
  }

  private static <T> T read(Said said, Function<String, T> reader) throws Failure {
    try {
      return reader.apply(said.text());
    } catch (IllegalArgumentException e) {
      throw new Failure(said.exitCode(), said.source() + ": " + e.getMessage());
    }
  }

  private static DaemonSettings usable(Path file, DaemonSettings settings) throws Failure {
    if (settings.problems().isEmpty()) {
      return settings;
    }
    List<String> problems = settings.problems().stream().map(SpecProblem::toString).toList();
    throw new Failure(Failure.NOT_DONE, file + ": " + String.join("; ", problems));
  }

  /**
   * The scope's own directory; XDG variables that are no paths from the root do not count, as their
   * rules say.
   */
  private static Path directory(
      Scope scope, Map<String, String> env, String ofSystem, String variable, String underHome) {
    if (scope == Scope.SYSTEM) {
      return Path.of(ofSystem);
    }
    String value = env.getOrDefault(variable, "");
    String home = env.getOrDefault("HOME", "");
    Path base =
        value.startsWith("/")
            ? Path.of(value)
            : Path.of(home.isEmpty() ? System.getProperty("user.home") : home).resolve(underHome);
    return base.resolve("hal0");
  }
}
