package net.khttpd.control;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: our version and what we run on.
final class Version implements IVersionProvider {
  /// The same as in pom.xml; a test compares the two.
  static final String OURS = "0.1.0-SNAPSHOT";

  @Override
  public String[] getVersion() {
    return new String[] {
      "khttpd " + OURS, "Java " + Runtime.version() + ", Linux " + System.getProperty("os.version")
    };
  }
}
