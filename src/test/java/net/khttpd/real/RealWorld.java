package net.khttpd.real;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What the tests against other programs have: an engine, a document root that all of them share,
/// and programs that live as long as the class does on this engine.
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RealWorld {
  /// The whole lengths of issue 2; else a tenth.
  static final boolean LONG = Boolean.getBoolean("khttpd.long");

  static final int LARGE_MIB = LONG ? 200 : 20;
  private static final long SEED = 20_021_122;

  /// Extensions of files below `types/`.
  static final String[] TYPES = {
    "css", "js", "mjs", "svg", "png", "jpg", "webp", "gif", "ico", "pdf", "txt", "json", "xml",
    "woff2", "wasm", "mp4", "zip"
  };

  @Parameter Engine engine = Engine.EPOLL;

  Site site;
  private final List<AutoCloseable> owned = new ArrayList<>();

  /// Starts the programs of the class.
  abstract void start() throws Exception;

  @BeforeEngine
  final void begin() throws Exception {
    site = new Site();
    fill();
    start();
  }

  private void fill() throws Exception {
    site.file("index.html", "<!doctype html><title>Home</title><a href=/cgi-bin/echo.sh>ask</a>");
    for (String type : TYPES) {
      site.file("types/file." + type, "content of a " + type);
    }
    site.file("empty.txt", "");
    site.file("a b/c.txt", "blank in the name");
    site.file("medium.html", random(300_000));
    site.file("page.php", "<?php secret(); ?>");
    site.file("private.html", "not for others").mode("private.html", "rw-------");
    site.file("menu/index.html", "a directory's own page");
    site.file("talk/page.html.en", "English").file("talk/page.html.de", "Deutsch");
    site.file("large.iso", random(LARGE_MIB << 20));
    site.file("secret/plan.html", "the plan");
    site.file("secret/.htaccess", access());
    site.file("../users", "anna:{SHA}" + sha1("wave") + "\n");
  }

  private String access() {
    return "AuthType Basic\nAuthName plan\nRequire valid-user\nAuthUserFile "
        + site.outside().resolve("users")
        + "\n";
  }

  private static String sha1(String text) throws Exception {
    byte[] hash =
        java.security.MessageDigest.getInstance("SHA-1")
            .digest(text.getBytes(StandardCharsets.US_ASCII));
    return java.util.Base64.getEncoder().encodeToString(hash);
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(SEED).nextBytes(bytes);
    return bytes;
  }

  /// Ended with the class, the last first.
  final <T extends AutoCloseable> T own(T program) {
    owned.add(program);
    return program;
  }

  @AfterEngine
  final void end() throws Exception {
    for (AutoCloseable program : owned.reversed()) {
      program.close();
    }
    owned.clear();
    site.close();
  }

  /// The answer on a connection of its own.
  static Answer ask(int port, String request) throws Exception {
    try (var client = new RawClient(port)) {
      client.send(request);
      return request.startsWith("HEAD ") ? client.readForHead() : client.read();
    }
  }
}
