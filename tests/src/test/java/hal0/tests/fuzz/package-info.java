/**
 * What comes from outside, changed at random: slot files, records, requests, upstreams' answers,
 * names and text for units. The corpus is kept under {@code resources/fuzz}; what once failed
 * belongs there.
 */
package hal0.tests.fuzz;
