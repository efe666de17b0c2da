/** What happened to the slots and why: kept on disk, bounded, for people. */
package hal0.slots.story;
