package hal0.app.cli;

import picocli.CommandLine.IVersionProvider;

/** hal0's version, as the build wrote it into the jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"hal0 " + number() + " (Java " + Runtime.version() + ")"};
  }

  /** The number; "development" outside a jar. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
