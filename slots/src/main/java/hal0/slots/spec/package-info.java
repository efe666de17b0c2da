/**
 * What the user wants, and where it is written: slot files, {@code models.toml} and {@code
 * hal0.toml}. {@link hal0.slots.spec.SlotSpec} is what a slot file says; its keys are declared
 * once, for TOML and JSON alike.
 */
package hal0.slots.spec;
