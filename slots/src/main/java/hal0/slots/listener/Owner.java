package hal0.slots.listener;

/** Who listens on a port. Only {@link Foreign} is evidence against a slot. */
public sealed interface Owner {
  /** Processes of the unit hold it. */
  record Ours() implements Owner {}

  /**
   * A process outside the unit holds it.
   *
   * @param pid of one such process
   * @param program its name as the kernel has it
   * @param unit its systemd unit; empty when it can't be told
   * @param cgroup its cgroup, as in /proc/PID/cgroup
   */
  record Foreign(long pid, String program, String unit, String cgroup) implements Owner {}

  /** Nobody listens there now, as far as this network namespace goes. */
  record Nobody() implements Owner {}

  /**
   * It can't be told.
   *
   * @param why for a person
   */
  record Unknown(String why) implements Owner {}
}
