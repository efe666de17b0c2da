package hal0.slots;

import hal0.slots.lifecycle.SlotState;
import hal0.slots.room.RoomPlan;
import hal0.slots.spec.SpecProblem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Why a command to a slot was refused or failed. The message is for people, one line, and names the
 * slot.
 */
public abstract sealed class SlotException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String slot;
  private final transient Map<String, Object> details;

  private SlotException(String slot, String message, Map<String, Object> details, Throwable cause) {
    super(message, cause);
    this.slot = slot;
    this.details = Map.copyOf(details);
  }

  /** Whose command it was. */
  public String slot() {
    return slot;
  }

  /** Facts for programs: JSON values by name. */
  public Map<String, Object> details() {
    return details;
  }

  /** There is no slot of that name. */
  public static final class NotFound extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Names it. */
    public NotFound(String slot) {
      super(slot, "no slot is called \"" + slot + "\"", Map.of("slot", slot), null);
    }
  }

  /** There is one of that name already. */
  public static final class Exists extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says what is in the way. */
    public Exists(String slot, String message) {
      super(slot, message, Map.of("slot", slot), null);
    }
  }

  /** The slot's file, or what was given in its place, is not usable. */
  public static final class ConfigError extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Names every problem. */
    public ConfigError(String slot, List<SpecProblem> problems) {
      super(
          slot,
          slot + ": " + String.join("; ", problems.stream().map(SpecProblem::toString).toList()),
          Map.of("slot", slot, "problems", problems.stream().map(ConfigError::json).toList()),
          null);
    }

    private static Map<String, Object> json(SpecProblem problem) {
      return Map.of("key", problem.key(), "line", problem.line(), "message", problem.message());
    }
  }

  /** The state does not allow it. */
  public static final class IllegalTransition extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says which state and what to do instead. */
    public IllegalTransition(String slot, SlotState state, String message) {
      super(slot, message, Map.of("slot", slot, "state", state.word()), null);
    }
  }

  /** It serves, or loads, another model. */
  public static final class ModelMismatch extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Names both models. */
    public ModelMismatch(String slot, String has, String wanted) {
      super(
          slot,
          slot + " has the model \"" + has + "\", not \"" + wanted + "\"; use swap to change it",
          Map.of("slot", slot, "model_id", has, "wanted", wanted),
          null);
    }
  }

  /** Another command ended this one. */
  public static final class Cancelled extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says which. */
    public Cancelled(String slot, String message) {
      super(slot, message, Map.of("slot", slot), null);
    }
  }

  /** It started but was not ready within its grace. */
  public static final class HealthFailed extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says what the last probe found. */
    public HealthFailed(String slot, String message, Map<String, Object> details) {
      super(slot, message, details, null);
    }
  }

  /** It could not be started, or died while it loaded. */
  public static final class SpawnFailed extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Gives systemd's result. */
    public SpawnFailed(String slot, String message, Map<String, Object> details) {
      super(slot, message, details, null);
    }
  }

  /** Its model could not be fetched. */
  public static final class PullFailed extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says from where and why. */
    public PullFailed(String slot, String message, Map<String, Object> details) {
      super(slot, message, details, null);
    }
  }

  /** It could not be stopped: some of it may still run. */
  public static final class StopFailed extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says what is left. */
    public StopFailed(String slot, String message, Map<String, Object> details) {
      super(slot, message, details, null);
    }
  }

  /** A model that has no path where one is needed. */
  public static final class UnknownModel extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says where to name it. */
    public UnknownModel(String slot, String model, String message) {
      super(slot, message, Map.of("slot", slot, "model_id", model), null);
    }
  }

  /** systemd cannot be reached; nothing was done. */
  public static final class Unavailable extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says for how long. */
    public Unavailable(String slot, String message) {
      super(slot, message, Map.of("slot", slot), null);
    }
  }

  /** Something could not be written; nothing was done. */
  public static final class NotSaved extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Names the file and what the system said. */
    public NotSaved(String slot, String message, Throwable cause) {
      super(slot, message, Map.of("slot", slot), cause);
    }
  }

  /** There is no room for it, and none can be made. */
  public static final class NoRoom extends SlotException {
    private static final long serialVersionUID = 1L;

    /** Says what is needed, and who holds what. */
    public NoRoom(RoomPlan plan) {
      super(
          plan.slot(),
          plan.slot()
              + " does not fit into [budget] of hal0.toml, and what may be unloaded is not enough"
              + (plan.kept().isEmpty() ? "" : ": " + kept(plan)),
          Map.of("slot", plan.slot(), "kept", plan.kept().stream().map(NoRoom::json).toList()),
          null);
    }

    private static String kept(RoomPlan plan) {
      return String.join(
          ", ", plan.kept().stream().map(one -> one.slot() + " is " + one.why()).toList());
    }

    private static Map<String, Object> json(RoomPlan.Kept kept) {
      return Map.of(
          "slot", kept.slot(),
          "why", kept.why(),
          "memory", kept.holds().memory(),
          "vram", kept.holds().vram());
    }
  }

  /** It cannot take a request now; nothing was sent to its upstream. */
  public static final class NotReady extends SlotException {
    private static final long serialVersionUID = 1L;

    private final transient SlotView view;
    private final transient Duration untilReady;

    /**
     * Says how the slot stands.
     *
     * @param untilReady how long it is likely to take yet, if it is on its way
     * @param why for people; may be empty
     */
    public NotReady(SlotView view, Duration untilReady, String why) {
      super(
          view.name(),
          view.name()
              + " cannot answer now: it is "
              + view.state().word()
              + " ("
              + view.reason().word()
              + ")"
              + (why.isEmpty() ? "" : ": " + why),
          Map.of("slot", view.name(), "state", view.state().word(), "reason", view.reason().word()),
          null);
      this.view = view;
      this.untilReady = untilReady;
    }

    /** The slot when the request was refused. */
    public SlotView view() {
      return view;
    }

    /** How long it is likely to take until it serves; empty when it is not on its way. */
    public Optional<Duration> untilReady() {
      return view.isOnItsWay() ? Optional.of(untilReady) : Optional.empty();
    }
  }

  /** It has as many requests, and as many that wait, as its file allows. */
  public static final class Saturated extends SlotException {
    private static final long serialVersionUID = 1L;

    private final transient Duration retryAfter;

    /** Says how many there are and when there is likely to be room. */
    public Saturated(String slot, int inFlight, int waiting, Duration retryAfter) {
      super(
          slot,
          slot
              + " is full: "
              + inFlight
              + " requests in flight, "
              + waiting
              + " waiting; see [admission] in its file",
          Map.of("slot", slot, "in_flight", inFlight, "waiting", waiting),
          null);
      this.retryAfter = retryAfter;
    }

    /** When there is likely to be room, 1 s to 60 s. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }
}
