/**
 * {@code hal0 doctor}: what keeps slots from working on this machine, and the command that mends
 * it.
 */
package hal0.app.doctor;
