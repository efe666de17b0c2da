/**
 * One address for every model: finds the slot that a request is for, asks it for a place, and
 * passes the request and its answer through as they are.
 */
package hal0.app.gateway;
