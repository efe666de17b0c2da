package hal0.systemd;

/**
 * Something that systemd, or the bus to it, did not do. The message is for people and names the
 * unit.
 */
public abstract sealed class SystemdException extends Exception {
  private static final long serialVersionUID = 1L;

  private SystemdException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The bus, or systemd on it, cannot be reached or does not answer. Nothing is known of what it
   * did.
   */
  public static final class BusDown extends SystemdException {
    private static final long serialVersionUID = 1L;

    /** Says where it was looked for and why that failed. */
    public BusDown(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** systemd knows no such unit: its file, here the template, is missing. */
  public static final class NoSuchUnit extends SystemdException {
    private static final long serialVersionUID = 1L;

    /** Names the unit. */
    public NoSuchUnit(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The caller may not do that (polkit or the bus's policy). */
  public static final class AccessDenied extends SystemdException {
    private static final long serialVersionUID = 1L;

    /** Names the operation. */
    public AccessDenied(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** The job did not end within the caller's deadline; it may still end. */
  public static final class JobLate extends SystemdException {
    private static final long serialVersionUID = 1L;

    /** Names the unit and the deadline. */
    public JobLate(String message) {
      super(message, null);
    }
  }

  /** systemd refused the call for another reason, given in its own words. */
  public static final class Refused extends SystemdException {
    private static final long serialVersionUID = 1L;

    /** The D-Bus error's name and text. */
    public Refused(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
