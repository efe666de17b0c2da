/** What a dying daemon and a refusing disk leave of each file that hal0 writes. */
package hal0.tests.disk;
