package hal0.tests.bench;

import hal0.tests.bed.Await;
import hal0.tests.bed.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** nginx as a plain reverse proxy that keeps its connections, to compare with. */
record Nginx(int port, Process process) implements AutoCloseable {
  private static final List<Path> PLACES =
      List.of(Path.of("/usr/sbin/nginx"), Path.of("/usr/bin/nginx"));

  private static final String CONFIGURATION =
      """
      daemon off;
      master_process off;
      error_log stderr crit;
      pid nginx.pid;
      events { worker_connections 8192; }
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        keepalive_requests 10000000;
        upstream origin { server 127.0.0.1:%d; keepalive 128; keepalive_requests 10000000; }
        server {
          listen 127.0.0.1:%d backlog=4096;
          location / {
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
          }
        }
      }
      """;

  /** Starts one before that port; empty where nginx is not installed. */
  static Optional<Nginx> before(int origin) throws IOException {
    Optional<Path> program = PLACES.stream().filter(Files::isExecutable).findFirst();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    int port = Ports.free();
    Path home = Files.createTempDirectory("hal0-nginx");
    Path file = home.resolve("nginx.conf");
    Files.writeString(file, String.format(CONFIGURATION, origin, port));
    Process process =
        new ProcessBuilder(program.get().toString(), "-p", home + "/", "-c", file.toString())
            .inheritIO()
            .start();
    Await.until("nginx listens", Await.LONG, () -> isListening(port));
    return Optional.of(new Nginx(port, process));
  }

  private static boolean isListening(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
  }
}
