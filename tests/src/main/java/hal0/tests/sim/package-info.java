/**
 * A small world that runs by itself in one thread: time ({@link hal0.tests.sim.SimClockwork}), a
 * systemd ({@link hal0.tests.sim.FakeSystemd}), upstreams, a disk, people with {@code systemctl},
 * and a daemon that can be killed in the middle of anything ({@link hal0.tests.sim.Life}). The same
 * seed gives the same history.
 */
package hal0.tests.sim;
