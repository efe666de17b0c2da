/** What a machine has room for: which slots give way to another. */
package hal0.slots.room;
