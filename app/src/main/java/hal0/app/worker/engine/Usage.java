package hal0.app.worker.engine;

/** What a request took, in tokens. */
public record Usage(int promptTokens, int completionTokens) {}
