/**
 * Asks upstreams how they are, and judges what they answer: HttpProbe asks, Dialogue chooses, Judge
 * judges.
 */
package hal0.slots.probe;
