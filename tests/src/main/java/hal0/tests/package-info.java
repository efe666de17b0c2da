/** The test bed: worlds, real and simulated, in which hal0 is tried. */
package hal0.tests;
