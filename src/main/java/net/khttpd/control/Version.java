package net.khttpd.control;

import picocli.CommandLine.IVersionProvider;

/// What `--version` prints: our version and what we run on.
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String ours = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "khttpd " + (ours == null ? "(not packaged)" : ours),
      "Java " + Runtime.version() + ", Linux " + System.getProperty("os.version")
    };
  }
}
