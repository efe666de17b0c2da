package hal0.slots.reconcile;

import hal0.slots.pull.Want;
import java.util.List;
import java.util.Map;

/** Whether what a load needs is there: its model's file, its image. Immutable. */
public sealed interface Supply {
  /** Nothing is known yet; {@code fetched} is what was fetched before. */
  record Unknown(List<Want> fetched) implements Supply {}

  /** Everything is there, as far as can be known. */
  record There() implements Supply {}

  /** This has to be fetched, in this order. */
  record Missing(List<Want> wants) implements Supply {}

  /**
   * It could not be fetched.
   *
   * @param details facts for programs
   */
  record Failed(String message, Map<String, Object> details) implements Supply {}
}
