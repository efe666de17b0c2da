/**
 * The test bed: a real systemd of its own ({@link hal0.tests.bed.PrivateSystemd}), upstreams that
 * answer as the real ones do, and the built distribution run against both.
 */
package hal0.tests.bed;
