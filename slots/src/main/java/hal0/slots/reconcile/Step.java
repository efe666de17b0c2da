package hal0.slots.reconcile;

/**
 * What a decision asks to be done. Each may be done twice without harm; one of a kind is under way
 * for a slot.
 */
public enum Step {
  /** Read the unit's status. */
  OBSERVE,
  /** Ask the upstream how it is. */
  PROBE,
  /** Write the drop-in, take back the unit's failure, start it, read its status. */
  START,
  /** Stop the unit, take back its failure, read its status. */
  STOP,
  /** Kill every process of the unit. */
  KILL,
  /** Make the drop-in say what the file says, while the unit is down. */
  WRITE_UNIT,
  /** Look whether somebody uses the upstream without asking us. */
  LOOK,
  /** Unload it, unless a request came first. */
  RETIRE,
  /** End its requests: they had their time. */
  END_REQUESTS,
  /** Look what a load lacks: its model's file, its image. */
  SURVEY,
  /** Fetch what it lacks. */
  PULL
}
