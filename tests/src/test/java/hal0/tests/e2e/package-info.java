/** The built distribution against a real systemd, as users meet it. */
package hal0.tests.e2e;
