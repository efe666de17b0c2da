/**
 * Requests on their way to a slot: who is let in, who waits, who is refused and why. A gate for
 * each slot; nothing is shared between slots.
 */
package hal0.slots.admission;
