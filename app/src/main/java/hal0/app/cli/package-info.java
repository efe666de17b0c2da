/**
 * The command line: what a person types, over the daemon's API; it needs nothing else of the
 * daemon.
 */
package hal0.app.cli;
