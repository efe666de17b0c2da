/**
 * Breaks a real systemd, its bus, the daemon and its upstreams at random, and looks what is true
 * afterwards.
 */
package hal0.tests.chaos;
