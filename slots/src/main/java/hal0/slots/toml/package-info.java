/**
 * TOML 1.0 with places: every value knows its line, and every assignment its span in the text.
 * Libraries that read TOML into a tree say neither, and without them a wrong key can't be named
 * with its line, nor a file be changed without the loss of its comments.
 */
package hal0.slots.toml;
