package hal0.app.doctor;

import hal0.slots.listener.Owner;
import hal0.slots.listener.ProcPortOwner;
import hal0.systemd.UnitName;
import java.util.List;

/** Who holds a port that hal0, or a slot, needs. */
final class Holders {
  private Holders() {}

  /** Something else where the API should be. */
  static List<Finding> ofApi(int port) {
    return switch (new ProcPortOwner().holder(port)) {
      case Owner.Foreign other ->
          List.of(
              Finding.wrong(
                  "the API's port " + port + " is taken by " + name(other),
                  mend(other, "hal0.toml, listen")));
      default -> List.of();
    };
  }

  /**
   * Something else on a slot's port.
   *
   * @param place where to write another port
   */
  static List<Finding> ofSlot(String slot, int port, String place) {
    return switch (new ProcPortOwner().holder(port)) {
      case Owner.Foreign other when !other.unit().equals(UnitName.ofSlot(slot).value()) ->
          List.of(
              Finding.wrong(
                  "the port " + port + " of " + slot + " is taken by " + name(other),
                  mend(other, place)));
      case Owner.Unknown unknown ->
          List.of(
              Finding.note(
                  "the port " + port + " of " + slot + " is taken, by whom can't be seen",
                  "ss -ltnp 'sport = " + port + "'"));
      default -> List.of();
    };
  }

  private static String name(Owner.Foreign owner) {
    return owner.program()
        + " (pid "
        + owner.pid()
        + (owner.unit().isEmpty() ? ")" : ", " + owner.unit() + ")");
  }

  private static String mend(Owner.Foreign owner, String place) {
    String systemctl = owner.cgroup().contains("/user@") ? "systemctl --user" : "systemctl";
    String stop =
        owner.unit().endsWith(".service")
            ? systemctl + " stop " + owner.unit()
            : "kill " + owner.pid();
    return stop + ", or write another port (" + place + ")";
  }
}
