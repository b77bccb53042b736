package net.khttpd.real;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// The configurations and CGI scripts in the resources of the tests.
final class Scripts {
  private Scripts() {}

  /// Copies a resource, with each `@NAME@` replaced.
  static Path copy(String name, Path to, Map<String, String> values) throws IOException {
    try (InputStream in = Scripts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (var value : values.entrySet()) {
        text = text.replace("@" + value.getKey() + "@", value.getValue());
      }
      Files.createDirectories(to.getParent());
      Files.writeString(to, text);
    }
    return mode(to, "rw-r--r--");
  }

  static Path script(String name, Path to) throws IOException {
    return mode(copy(name, to, Map.of()), "rwxr-xr-x");
  }

  static Path mode(Path path, String permissions) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }
}
