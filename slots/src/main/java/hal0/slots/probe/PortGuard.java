package hal0.slots.probe;

import hal0.slots.listener.Owner;
import hal0.slots.listener.PortOwner;
import hal0.slots.spec.SlotSpec;
import hal0.slots.time.Clockwork;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks whose a slot's port is, but not for every probe: while a load is under way each time, later
 * once a minute, since a new process of the unit comes with a load. Safe for use by many threads.
 */
final class PortGuard {
  private static final long KEPT = Duration.ofSeconds(60).toNanos();
  private static final long KEPT_UNKNOWN = Duration.ofSeconds(2).toNanos();
  private static final int LIMIT = 10_000;

  private record Known(int port, String controlGroup, Owner owner, long at) {}

  private final PortOwner ports;
  private final Clockwork clock;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  PortGuard(PortOwner ports, Clockwork clock) {
    this.ports = ports;
    this.clock = clock;
  }

  /** Whose the port is, as far as it is known and as the slot's file wants to know. */
  Owner owner(Probe.Request request) {
    SlotSpec spec = request.spec();
    boolean unasked =
        spec.probe().anyListener()
            || request.controlGroup().isEmpty()
            || spec.run().runtime() == SlotSpec.Runtime.DOCKER;
    if (unasked) {
      return new Owner.Unknown("not asked");
    }
    Known last = known.get(spec.name());
    if (last != null && isFresh(last, request)) {
      return last.owner();
    }
    Owner owner = ours(spec, ports.ownerOf(spec.port(), request.controlGroup()));
    remember(spec, request.controlGroup(), owner);
    return owner;
  }

  /** What it means that the port is {@code owner}'s; empty when that says nothing. */
  static Optional<Finding> judge(int port, Owner owner) {
    if (!(owner instanceof Owner.Foreign foreign)) {
      return Optional.empty();
    }
    String unit = foreign.unit().isEmpty() ? "" : ", " + foreign.unit();
    String who = Details.brief(foreign.program()) + " (pid " + foreign.pid() + unit + ")";
    return Optional.of(
        Finding.of(
            Verdict.FOREIGN_LISTENER,
            "port " + port + " is held by " + who + ", not by this slot's unit"));
  }

  /**
   * A container that was not split off into the unit's cgroup lies outside it: then nothing can be
   * told.
   */
  private static Owner ours(SlotSpec spec, Owner owner) {
    boolean container =
        spec.run().runtime() == SlotSpec.Runtime.PODMAN
            && owner instanceof Owner.Foreign foreign
            && foreign.cgroup().contains("libpod");
    return container ? new Owner.Unknown("a container outside the unit's cgroup") : owner;
  }

  private boolean isFresh(Known last, Probe.Request request) {
    if (last.port() != request.spec().port()
        || !last.controlGroup().equals(request.controlGroup())) {
      return false;
    }
    long age = clock.nanos() - last.at();
    if (!request.loading()) {
      return age < KEPT;
    }
    // To find nothing takes a look at every process: not at each of a load's quick probes.
    return last.owner() instanceof Owner.Unknown && age < KEPT_UNKNOWN;
  }

  private void remember(SlotSpec spec, String controlGroup, Owner owner) {
    if (owner instanceof Owner.Ours || owner instanceof Owner.Unknown) {
      if (known.size() >= LIMIT) {
        known.clear();
      }
      known.put(spec.name(), new Known(spec.port(), controlGroup, owner, clock.nanos()));
    } else {
      known.remove(spec.name());
    }
  }
}
