/** What commands do to slot files: they are made, changed and removed, whole or not at all. */
package hal0.slots.definition;
