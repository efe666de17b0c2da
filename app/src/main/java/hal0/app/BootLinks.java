package hal0.app;

import hal0.app.api.BootPort;
import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import java.util.concurrent.CompletableFuture;

/** The links of slots' units in the default target, made and taken away by systemd itself. */
record BootLinks(UnitControl systemd) implements BootPort {
  @Override
  public CompletableFuture<Void> enable(String name) {
    return systemd.enable(UnitName.ofSlot(name));
  }

  @Override
  public CompletableFuture<Void> disable(String name) {
    return systemd.disable(UnitName.ofSlot(name));
  }
}
