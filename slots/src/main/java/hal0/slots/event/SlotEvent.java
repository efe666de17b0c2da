package hal0.slots.event;

import hal0.slots.lifecycle.Reason;
import hal0.slots.lifecycle.SlotState;
import java.time.Instant;

/**
 * One transition of one slot. Immutable.
 *
 * @param seq rises by one with every event of this daemon's life, from 1
 * @param evidence what it follows from
 */
public record SlotEvent(
    long seq,
    Instant at,
    String slot,
    SlotState from,
    SlotState to,
    Reason reason,
    String message,
    String modelId,
    Evidence evidence) {}
