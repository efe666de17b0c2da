package hal0.app.doctor;

import hal0.slots.spec.Models;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SpecProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is wrong in the files of the configuration, each with its line. */
final class ConfigChecks {
  private ConfigChecks() {}

  static List<Finding> look(Ground ground) {
    var findings = new ArrayList<Finding>();
    Path models = ground.settings().configDir().resolve("models.toml");
    tell(findings, models, Models.read(models).problems());
    for (SlotFile file : ground.files().values()) {
      tell(findings, ground.file(file.name()), file.problems());
    }
    Path directory = ground.settings().configDir().resolve("slots");
    int slots = ground.files().size();
    if (slots == 0) {
      findings.add(
          Finding.note("there are no slots yet", "write " + directory.resolve("NAME.toml")));
    } else if (findings.isEmpty()) {
      findings.add(
          Finding.ok(
              (slots == 1 ? "one slot file" : slots + " slot files")
                  + ", no mistakes: "
                  + directory));
    }
    return findings;
  }

  private static void tell(List<Finding> findings, Path file, List<SpecProblem> problems) {
    for (SpecProblem problem : problems) {
      String editor =
          problem.line() > 0 ? "${EDITOR:-vi} +" + problem.line() + " " : "${EDITOR:-vi} ";
      findings.add(Finding.wrong(file + ": " + problem, editor + file));
    }
  }
}
