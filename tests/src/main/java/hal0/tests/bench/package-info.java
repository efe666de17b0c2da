/** Programs that measure and print; nothing here is a test. */
package hal0.tests.bench;
