package hal0.app.api;

/** Whether a route needs the token on loopback. On any other address every route does. */
public enum Access {
  /** No: it reads, or is a lifecycle verb. */
  OPEN,
  /** Yes, always: it decides what is executed. */
  TOKEN
}
