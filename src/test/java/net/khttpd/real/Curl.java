package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Runs curl, which has its own idea of `Expect: 100-continue` and of large bodies.
final class Curl {
  private static final int BUFFER = 1 << 16;

  /// The body's length and hash: bodies here need not fit into memory.
  record Body(long length, String sha256) {
    @Override
    public String toString() {
      return length + " " + sha256;
    }
  }

  private Curl() {}

  /// What stdout of `curl ARGUMENTS` holds; fails with curl's own words.
  static Body body(String... arguments) throws Exception {
    Process curl = start(arguments);
    Body body;
    try (InputStream in = curl.getInputStream()) {
      body = digest(in);
    }
    end(curl);
    return body;
  }

  static String text(String... arguments) throws Exception {
    Process curl = start(arguments);
    String text;
    try (InputStream in = curl.getInputStream()) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    end(curl);
    return text;
  }

  static Body of(Path file) throws Exception {
    try (InputStream in = Files.newInputStream(file)) {
      return digest(in);
    }
  }

  static String url(int port, String path) {
    return "http://127.0.0.1:" + port + path;
  }

  private static Process start(String... arguments) throws IOException {
    var command =
        new ArrayList<String>(List.of("curl", "-sS", "--noproxy", "*", "--max-time", "300"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).start();
  }

  private static void end(Process curl) throws Exception {
    String errors = new String(curl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    curl.waitFor(10, TimeUnit.SECONDS);
    assertEquals(0, curl.exitValue(), errors);
  }

  private static Body digest(InputStream in) throws IOException, NoSuchAlgorithmException {
    var hash = MessageDigest.getInstance("SHA-256");
    byte[] buffer = new byte[BUFFER];
    long length = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      hash.update(buffer, 0, n);
      length += n;
    }
    return new Body(length, HexFormat.of().formatHex(hash.digest()));
  }
}
