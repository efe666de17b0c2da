/** README's main job: hal0 shown at work on a real systemd. */
package hal0.tests.demo;
