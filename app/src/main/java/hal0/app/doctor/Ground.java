package hal0.app.doctor;

import hal0.app.ServeSettings;
import hal0.slots.spec.SlotFile;
import hal0.slots.spec.SlotSpec;
import hal0.systemd.Scope;
import hal0.systemd.UnitStatus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the checks stand on, read once.
 *
 * @param files every slot file by its slot
 * @param units the slots' units that systemd has in memory, by slot; empty Optional where systemd
 *     cannot be reached
 * @param daemon whether the daemon answers
 */
record Ground(
    ServeSettings settings,
    Map<String, SlotFile> files,
    Optional<Map<String, UnitStatus>> units,
    boolean daemon) {

  boolean isSystem() {
    return settings.scope() == Scope.SYSTEM;
  }

  /** The slots whose file is usable. */
  List<SlotSpec> specs() {
    return files.values().stream().flatMap(file -> file.spec().stream()).toList();
  }

  /** Where a slot's file is. */
  Path file(String slot) {
    return settings.configDir().resolve("slots").resolve(slot + ".toml");
  }

  /** Whether something of the slot's unit runs, or is about to; unknown counts as not. */
  boolean isRunning(String slot) {
    return units.map(known -> known.get(slot)).filter(status -> !status.isDown()).isPresent();
  }

  /** The command line for this scope's systemd. */
  String systemctl(String rest) {
    return (isSystem() ? "systemctl " : "systemctl --user ") + rest;
  }

  /** A command that only root may run, as this user would type it. */
  String asRoot(String command) {
    return isSystem() && "root".equals(System.getProperty("user.name"))
        ? command
        : "sudo " + command;
  }
}
