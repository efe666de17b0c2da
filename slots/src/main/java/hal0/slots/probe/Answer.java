package hal0.slots.probe;

/** What came back for one request. */
sealed interface Answer {
  /**
   * The server answered.
   *
   * @param path what was asked
   * @param status the HTTP status
   * @param body at most {@link LoopbackClient#BODY_LIMIT} bytes
   * @param length how long the body is; -1 when it is longer than the limit and nobody said how
   *     long
   */
  record Reply(String path, int status, byte[] body, long length) implements Answer {
    /** Whether the body was read whole. */
    boolean whole() {
      return length == body.length;
    }
  }

  /**
   * There is no answer that could be judged.
   *
   * @param finding what that means
   */
  record Silence(Finding finding) implements Answer {}
}
