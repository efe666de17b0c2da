/**
 * An upstream that answers as the real ones do, and misbehaves when told to. {@link
 * hal0.tests.bed.standin.StandIn} is its main class; it uses no library, so that it starts in a few
 * tenths of a second.
 */
package hal0.tests.bed.standin;
