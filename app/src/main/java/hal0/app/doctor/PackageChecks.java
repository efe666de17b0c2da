package hal0.app.doctor;

import hal0.app.machine.PackageFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Whether a package's files are as it brought them, and are what systemd reads. */
final class PackageChecks {
  private static final String AGAIN = "apt-get install --reinstall hal0";
  private static final int SECONDS = 60;

  /** dpkg marks what an administrator may change with this. */
  private static final String CONFIGURATION = " c ";

  private final Ground ground;
  private final List<Finding> findings = new ArrayList<>();

  private PackageChecks(Ground ground) {
    this.ground = ground;
  }

  static List<Finding> look(Ground ground) throws IOException, InterruptedException {
    var checks = new PackageChecks(ground);
    checks.units();
    checks.files();
    return checks.findings;
  }

  private void units() throws IOException {
    var units = new TreeMap<>(PackageFiles.units(ground.settings().scope()));
    for (Map.Entry<Path, String> unit : units.entrySet()) {
      Path file = unit.getKey();
      if (!Files.exists(file) || !Files.readString(file).equals(unit.getValue())) {
        findings.add(Finding.wrong("not the unit of this hal0: " + file, AGAIN));
      }
      Path first = ground.settings().unitDir().resolve(file.getFileName());
      if (Files.exists(first, LinkOption.NOFOLLOW_LINKS)) {
        findings.add(Finding.note("systemd reads " + first + " in place of " + file, ""));
      }
    }
  }

  /** dpkg(1) compares every file with what the package brought. */
  private void files() throws IOException, InterruptedException {
    if (!Files.isExecutable(Path.of("/usr/bin/dpkg"))) {
      return;
    }
    Process dpkg =
        new ProcessBuilder("dpkg", "--verify", "hal0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    dpkg.getOutputStream().close();
    List<String> lines =
        new String(dpkg.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> !line.contains(CONFIGURATION))
            .toList();
    if (!dpkg.waitFor(SECONDS, TimeUnit.SECONDS)) {
      dpkg.destroyForcibly();
    }
    for (String line : lines) {
      String file = line.substring(Math.max(0, line.indexOf('/')));
      findings.add(Finding.wrong("not as the package brought it: " + file, AGAIN));
    }
    if (lines.isEmpty()) {
      findings.add(Finding.ok("the package's files are as it brought them"));
    }
  }
}
