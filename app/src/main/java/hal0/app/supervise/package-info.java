/**
 * {@code hal0 supervise}: the main process of a supervised slot's unit. It runs the server as its
 * child, asks it how it is, and tells systemd. Knows nothing of the daemon, which may be away.
 */
package hal0.app.supervise;
