/** hal0 on this machine: its units where systemd looks for them. */
package hal0.app.machine;
