/**
 * The JSON API over HTTP: one table of routes, from which "not found", "wrong method" and HEAD
 * follow; one shape for every error; slots and their events written in one place. Knows the slots
 * by {@link hal0.slots.SlotManager} only.
 */
package hal0.app.api;
