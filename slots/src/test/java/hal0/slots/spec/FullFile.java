package hal0.slots.spec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A slot file with every key that can be used, none at its default, in three forms. */
public final class FullFile {
  public static final String TOML =
      """
      # What this slot is for.
      provider = "llama-server"    # the server
      port     = 8101
      backend  = "vulkan"
      enabled  = false
      pinned   = true

      [model]
      default = "qwen3-4b"   # a good one
      path    = "/var/lib/hal0/models/qwen3-4b.gguf"
      source  = "https://example.org/qwen3-4b.gguf"
      sha256  = "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
      context_size = 8_192
      gpu_layers   = -1

      [run]
      runtime = "podman"
      image   = "ghcr.io/example/llama:latest"
      command = [
        "--port", "{port}",   # where it listens
        'a "quoted" %s $x; {brace}',
      ]
      env     = { KEY = "value", _B2 = "line\\nbreak" }
      devices = ["/dev/dri"]
      volumes = ["/srv/models:/models:ro"]
      memory_max = "16G"
      restart = "always"
      restart_sec = "250ms"
      supervise = false
      watchdog  = "0s"
      user = "llm"

      [needs]
      memory = "10G"
      vram   = "512M"

      [probe]
      grace     = "2m"
      interval  = "11s"
      timeout   = "6s"
      failures  = 4
      stabilise = "0s"
      health_path = "/h"
      models_path = ""
      chat      = true
      any_listener = true

      # Who gets in.
      [admission]
      max_in_flight = 4
      queue = 8
      wait  = "1s"
      wake  = true
      drain = "0s"
      first_byte = "1h"
      stall = "1m"
      api_key_env = "LLAMA_KEY"

      [idle]
      after        = "0s"
      unload_after = "10m"
      """;

  public static final SlotSpec SPEC =
      new SlotSpec(
          "chat",
          Provider.LLAMA_SERVER,
          8101,
          Optional.of("vulkan"),
          false,
          true,
          new SlotSpec.Model(
              Optional.of("qwen3-4b"),
              Optional.of("/var/lib/hal0/models/qwen3-4b.gguf"),
              Optional.of("https://example.org/qwen3-4b.gguf"),
              Optional.of("abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"),
              Optional.of(8192),
              Optional.of(-1)),
          new SlotSpec.Run(
              SlotSpec.Runtime.PODMAN,
              Optional.of("ghcr.io/example/llama:latest"),
              Optional.of(List.of("--port", "{port}", "a \"quoted\" %s $x; {brace}")),
              Map.of("KEY", "value", "_B2", "line\nbreak"),
              List.of("/dev/dri"),
              List.of("/srv/models:/models:ro"),
              Optional.of("16G"),
              "always",
              Duration.ofMillis(250),
              false,
              Duration.ZERO,
              "llm"),
          new SlotSpec.Needs(Optional.of(10L << 30), Optional.of(512L << 20)),
          new SlotSpec.ProbeSettings(
              Duration.ofMinutes(2),
              Duration.ofSeconds(11),
              Duration.ofSeconds(6),
              4,
              Duration.ZERO,
              "/h",
              "",
              true,
              true),
          new SlotSpec.Admission(
              4,
              8,
              Duration.ofSeconds(1),
              true,
              Duration.ZERO,
              Duration.ofHours(1),
              Duration.ofMinutes(1),
              Optional.of("LLAMA_KEY")),
          new SlotSpec.Idle(Duration.ZERO, Duration.ofMinutes(10)),
          Optional.empty());

  public static final String JSON_TEXT =
      """
      {"provider": "llama-server", "port": 8101, "backend": "vulkan", "enabled": false, "pinned": true,
       "model": {"default": "qwen3-4b", "path": "/var/lib/hal0/models/qwen3-4b.gguf",
                 "source": "https://example.org/qwen3-4b.gguf",
                 "sha256": "ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789",
                 "context_size": 8192, "gpu_layers": -1},
       "run": {"runtime": "podman", "image": "ghcr.io/example/llama:latest",
               "command": ["--port", "{port}", "a \\"quoted\\" %s $x; {brace}"],
               "env": {"KEY": "value", "_B2": "line\\nbreak"}, "devices": ["/dev/dri"],
               "volumes": ["/srv/models:/models:ro"], "memory_max": "16G", "restart": "always",
               "restart_sec": "250ms", "supervise": false, "watchdog": "0s", "user": "llm"},
       "needs": {"memory": "10G", "vram": "512M"},
       "probe": {"grace": "2m", "interval": "11s", "timeout": "6s", "failures": 4, "stabilise": "0s",
                 "health_path": "/h", "models_path": "", "chat": true, "any_listener": true},
       "admission": {"max_in_flight": 4, "queue": 8, "wait": "1s", "wake": true, "drain": "0s",
                     "first_byte": "1h", "stall": "1m", "api_key_env": "LLAMA_KEY"},
       "idle": {"after": "0s", "unload_after": "10m"}}
      """;

  /** {@link #JSON_TEXT} as Jackson reads it. */
  public static Map<String, Object> json() {
    try {
      return new ObjectMapper().readValue(JSON_TEXT, new TypeReference<Map<String, Object>>() {});
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }

  private FullFile() {}
}
