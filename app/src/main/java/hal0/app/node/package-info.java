/**
 * How ready this node is, told over HTTP and over a message bus, and requests that come over that
 * bus.
 */
package hal0.app.node;
