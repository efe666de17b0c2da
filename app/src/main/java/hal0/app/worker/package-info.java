/**
 * The runtime of a worker ({@code hal0 worker}): one session, a socket for requests and one for its
 * health, each with threads of its own.
 *
 * <pre>
 *   data.sock   ─ DataServer ─ DataPeer (a thread each) ─ Work (one at a time) ─ Session
 *                                                           │ writes, no locks
 *   health.sock ─ HealthServer (one thread) ─ Pulse ──────── Vitals
 *                                               └→ systemd
 * </pre>
 */
package hal0.app.worker;
