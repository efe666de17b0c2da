/**
 * Slots: what the user wants (spec), what is (observe, probe), what follows (lifecycle, reconcile),
 * what is remembered (record) and told (event). {@link hal0.slots.SlotManager} is the only door.
 */
package hal0.slots;
