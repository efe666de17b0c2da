package hal0.app.cli;

/** The flags of {@code serve} as they were written; null where one was left out. */
public record ServeFlags(String scope, String configDir, String stateDir, String listen) {}
