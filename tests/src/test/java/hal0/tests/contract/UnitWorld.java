package hal0.tests.contract;

import hal0.systemd.UnitControl;
import hal0.systemd.UnitName;
import hal0.systemd.UnitWatch;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A systemd, real or not, with people and processes that a contract's test can move. */
interface UnitWorld extends AutoCloseable {
  /** What a slot's unit runs. */
  enum Behaviour {
    /** It runs until told to stop, and is not restarted. */
    RUNS,
    /** The same, but systemd restarts it after a failure. */
    IS_RESTARTED,
    /** It does not get further than its start. */
    NEVER_STARTS,
    /** Its program is not there. */
    NO_PROGRAM,
    /** It fails soon after each start, and systemd restarts it until the start limit. */
    CRASHES,
    /** It ends only when it is killed. */
    IGNORES_STOP
  }

  /** The port under test. */
  UnitControl control();

  /** The port under test. */
  UnitWatch watch();

  /** Writes what the slot runs to the disk; systemd has not read it yet. */
  void define(String slot, Behaviour behaviour);

  /** A person's {@code systemctl start} or {@code stop}, without waiting for its end. */
  void person(String verb, UnitName unit);

  /** Somebody kills the unit's main process with SIGKILL. */
  void killMain(UnitName unit);

  /** Puts the template unit there, or takes it away; systemd has read that afterwards. */
  void template(boolean there);

  /** The bus goes, or comes back. */
  void bus(boolean up);

  /**
   * Lets time pass until the answer is as wanted; fails, saying what, if that takes far too long.
   */
  <T> T await(String what, Supplier<T> question, Predicate<? super T> wanted);

  @Override
  void close();
}
