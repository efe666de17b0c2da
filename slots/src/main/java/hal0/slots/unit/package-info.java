/**
 * What systemd is told of a slot: the drop-in's text, made from its file and the machine, and where
 * it is kept.
 */
package hal0.slots.unit;
