/**
 * Files that are read and written whole, so that a crash or a full disk leaves the old content or
 * the new one.
 */
package hal0.slots.disk;
