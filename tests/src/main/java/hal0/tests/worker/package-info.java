/** Workers for tests and measurements: as processes of the built distribution, and raw clients. */
package hal0.tests.worker;
