package hal0.app.gateway.worker;

/** A request that no worker could answer; the message says what is wrong with it. */
final class Unfit extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;

  private Unfit(int status, String message) {
    super(message);
    this.status = status;
  }

  static Unfit badRequest(String message) {
    return new Unfit(400, message);
  }

  static Unfit notFound(String message) {
    return new Unfit(404, message);
  }

  static Unfit tooLarge(String message) {
    return new Unfit(413, message);
  }

  int status() {
    return status;
  }
}
