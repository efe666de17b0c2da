/**
 * systemd as hal0 sees it: names and states of units, two ports ({@link hal0.systemd.UnitControl}
 * to ask, {@link hal0.systemd.UnitWatch} to be told), the text of units, readiness messages, and
 * the journal. Knows nothing of slots beyond the name of their unit.
 */
package hal0.systemd;
