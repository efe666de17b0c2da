package hal0.app.gateway.worker;

import hal0.slots.worker.Role;

/** Which paths a worker answers, by its role. */
public final class Shapes {
  private static final String CHAT = "/v1/chat/completions";
  private static final String EMBEDDINGS = "/v1/embeddings";
  private static final String RERANK = "/v1/rerank";
  private static final String RERANKING = "/v1/reranking";

  private Shapes() {}

  /**
   * Whether a worker of that role answers a path.
   *
   * @param path from {@code /v1/} on; a query is passed over
   */
  public static boolean serves(Role role, String path) {
    String plain = plain(path);
    return switch (role) {
      case EMBED -> plain.equals(EMBEDDINGS);
      case RERANK -> plain.equals(RERANK) || plain.equals(RERANKING);
      case CHAT, VISION -> plain.equals(CHAT);
    };
  }

  /**
   * The shape of what is asked and answered there.
   *
   * @throws Unfit if the role does not answer that path
   */
  static Shape of(Role role, String path) throws Unfit {
    if (!serves(role, path)) {
      throw Unfit.notFound(
          "a worker of the role "
              + role.word()
              + " answers "
              + path(role)
              + ", not "
              + plain(path));
    }
    return switch (role) {
      case EMBED -> new Embeddings();
      case RERANK -> new Rerank();
      case CHAT, VISION -> new Chat();
    };
  }

  private static String path(Role role) {
    return switch (role) {
      case EMBED -> EMBEDDINGS;
      case RERANK -> RERANK;
      case CHAT, VISION -> CHAT;
    };
  }

  private static String plain(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }
}
