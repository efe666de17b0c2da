/**
 * What an engine for workers is made of: implement {@link hal0.app.worker.engine.Engine}, name the
 * class in {@code META-INF/services/hal0.app.worker.engine.Engine}, and put the jar into {@code
 * lib/engines} of the distribution or into the directory that {@code HAL0_ENGINES} names. {@code
 * hal0.app.worker.demo} is a worked example.
 */
package hal0.app.worker.engine;
