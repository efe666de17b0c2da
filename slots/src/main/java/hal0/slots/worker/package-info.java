/**
 * Workers seen from outside: the frames that go over their two sockets, and the side that calls
 * them. A worker serves one role; its data socket carries requests and answers, its health socket
 * pings and the shutdown, so that neither ever waits for the other. The protocol is described in
 * docs/worker-protocol.md.
 */
package hal0.slots.worker;
