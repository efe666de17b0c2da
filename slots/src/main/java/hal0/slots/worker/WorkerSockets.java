package hal0.slots.worker;

import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * Where a worker listens: two sockets in its own directory, which under systemd is {@code
 * $RUNTIME_DIRECTORY}. The path of each has at most 107 bytes, as the kernel has it.
 */
public record WorkerSockets(Path directory) {
  /** Requests and their answers. */
  public Path data() {
    return directory.resolve("data.sock");
  }

  /** Pings and the shutdown. */
  public Path health() {
    return directory.resolve("health.sock");
  }

  UnixDomainSocketAddress dataAddress() {
    return UnixDomainSocketAddress.of(data());
  }

  UnixDomainSocketAddress healthAddress() {
    return UnixDomainSocketAddress.of(health());
  }
}
