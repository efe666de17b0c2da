package hal0.tests.sim;

import static hal0.slots.lifecycle.SlotState.ERROR;
import static hal0.slots.lifecycle.SlotState.IDLE;
import static hal0.slots.lifecycle.SlotState.OFFLINE;
import static hal0.slots.lifecycle.SlotState.PULLING;
import static hal0.slots.lifecycle.SlotState.READY;
import static hal0.slots.lifecycle.SlotState.SERVING;
import static hal0.slots.lifecycle.SlotState.STARTING;
import static hal0.slots.lifecycle.SlotState.UNLOADING;
import static hal0.slots.lifecycle.SlotState.WARMING;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The two tables of the contract, written down a second time so that the first cannot be its own
 * judge.
 */
final class ContractTable {
  private static final Map<SlotState, Set<SlotState>> LIFECYCLE = new EnumMap<>(SlotState.class);

  static {
    LIFECYCLE.put(OFFLINE, EnumSet.of(PULLING, STARTING));
    LIFECYCLE.put(PULLING, EnumSet.of(STARTING, ERROR, OFFLINE));
    LIFECYCLE.put(STARTING, EnumSet.of(WARMING, UNLOADING, ERROR, OFFLINE));
    LIFECYCLE.put(WARMING, EnumSet.of(READY, IDLE, UNLOADING, ERROR, OFFLINE));
    LIFECYCLE.put(READY, EnumSet.of(SERVING, IDLE, UNLOADING, ERROR));
    LIFECYCLE.put(SERVING, EnumSet.of(READY, IDLE, ERROR));
    LIFECYCLE.put(IDLE, EnumSet.of(SERVING, UNLOADING, READY, ERROR));
    LIFECYCLE.put(UNLOADING, EnumSet.of(OFFLINE, ERROR));
    LIFECYCLE.put(ERROR, EnumSet.of(OFFLINE, PULLING, STARTING, UNLOADING));
  }

  private ContractTable() {}

  static boolean allows(SlotState from, SlotState to, Reason reason) {
    return LIFECYCLE.get(from).contains(to) || observed(from, to, reason);
  }

  private static boolean observed(SlotState from, SlotState to, Reason reason) {
    boolean resting = from == OFFLINE || from == ERROR;
    boolean live = from == READY || from == SERVING || from == IDLE;
    return switch (to) {
      case READY, IDLE, WARMING -> resting && reason == Reason.ADOPTED;
      case ERROR ->
          from == OFFLINE && reason == Reason.UNIT_FAILED || live && reason == Reason.UNIT_DIED;
      case OFFLINE ->
          (live || from == STARTING || from == WARMING || from == ERROR)
              && reason == Reason.STOPPED_EXTERNALLY;
      case PULLING, STARTING, SERVING, UNLOADING -> false;
    };
  }
}
