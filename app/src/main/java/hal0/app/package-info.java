/** What a person or a program touches: the daemon, its JSON API, and the command line. */
package hal0.app;
