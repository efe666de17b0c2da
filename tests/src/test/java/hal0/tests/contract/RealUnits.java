package hal0.tests.contract;

import hal0.systemd.TemplateUnit;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitFile;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import hal0.systemd.dbus.DbusSystemd;
import hal0.tests.bed.Await;
import hal0.tests.bed.PrivateSystemd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A connection of its own to a real systemd that several tests share. */
final class RealUnits implements UnitWorld {
  private static final List<String> FOREVER = List.of("/bin/sleep", "infinity");

  private final PrivateSystemd systemd;
  private final TemplateUnit template;
  private final DbusSystemd connection;

  RealUnits(PrivateSystemd systemd) {
    this.systemd = systemd;
    this.template = new TemplateUnit(systemd.unitDir());
    this.connection = DbusSystemd.open(systemd.busAddress());
    template(true);
  }

  @Override
  public UnitControl control() {
    return connection;
  }

  @Override
  public UnitWatch watch() {
    return connection;
  }

  @Override
  public void define(String slot, Behaviour behaviour) {
    UnitFile file =
        new UnitFile()
            .section("Unit")
            .set("StartLimitIntervalSec", "1h")
            .set("StartLimitBurst", "3")
            .section("Service")
            .reset("ExecStart");
    switch (behaviour) {
      case RUNS -> file.exec("ExecStart", FOREVER);
      case IS_RESTARTED ->
          file.exec("ExecStart", FOREVER).set("Restart", "on-failure").set("RestartSec", "100ms");
      case NEVER_STARTS ->
          file.exec("ExecStartPre", FOREVER)
              .exec("ExecStart", FOREVER)
              .set("TimeoutStartSec", "infinity");
      case NO_PROGRAM -> file.exec("ExecStart", List.of("/nowhere/is this"));
      case CRASHES ->
          file.exec("ExecStart", List.of("/bin/sh", "-c", "exit 3"))
              .set("Restart", "on-failure")
              .set("RestartSec", "100ms");
      // A signal that every process ignores, so that there is no moment at which it would not yet.
      case IGNORES_STOP ->
          file.exec("ExecStart", FOREVER)
              .set("KillSignal", "SIGCONT")
              .set("TimeoutStopSec", "infinity");
    }
    write(slot, file.text());
  }

  /** Writes a slot's drop-in; systemd has not read it yet. */
  void write(String slot, String text) {
    Path dropIn = systemd.unitDir().resolve(UnitName.ofSlot(slot) + ".d").resolve("50-test.conf");
    try {
      Files.createDirectories(dropIn.getParent());
      Files.writeString(dropIn, text);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void person(String verb, UnitName unit) {
    systemd.systemctl(verb, "--no-block", unit.value()).orThrow();
  }

  @Override
  public void killMain(UnitName unit) {
    systemd.systemctl("kill", "--kill-whom=main", "--signal=KILL", unit.value()).orThrow();
  }

  @Override
  public void template(boolean there) {
    try {
      if (there ? template.install().changed() : template.uninstall()) {
        systemd.systemctl("daemon-reload").orThrow();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void bus(boolean up) {
    if (up) {
      systemd.startBus();
    } else {
      systemd.killBus();
    }
  }

  @Override
  public <T> T await(String what, Supplier<T> question, Predicate<? super T> wanted) {
    return Await.value(what, Await.LONG, question, wanted);
  }

  @Override
  public void close() {
    connection.close();
  }
}
