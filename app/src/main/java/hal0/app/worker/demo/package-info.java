/**
 * An engine for tests and as an example: it has every role, needs no model and always answers the
 * same. Its options are described at {@link hal0.app.worker.demo.DemoEngine}.
 */
package hal0.app.worker.demo;
