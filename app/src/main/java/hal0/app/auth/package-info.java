/** Who may do what: the token, and which requests are let in at all. */
package hal0.app.auth;
