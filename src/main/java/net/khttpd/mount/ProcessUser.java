package net.khttpd.mount;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Whose files they are: the user and group that this process acts as.
final class ProcessUser {
  private static final Path SELF = Path.of("/proc/self");

  private ProcessUser() {}

  static int id() {
    return attribute("unix:uid");
  }

  static int group() {
    return attribute("unix:gid");
  }

  private static int attribute(String name) {
    try {
      return (int) Files.getAttribute(SELF, name);
    } catch (IOException e) {
      throw new UncheckedIOException("/proc/self cannot be read; is /proc mounted?", e);
    }
  }
}
