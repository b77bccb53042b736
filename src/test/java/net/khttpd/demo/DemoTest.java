package net.khttpd.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The demo as a whole, without a server in front.
final class DemoTest {
  @Test
  void theSettingsJoinTheSiteAndTheBackend() throws IOException {
    try (Demo demo = Demo.open()) {
      List<String> settings = demo.settings();
      assertTrue(settings.contains("documentroot=" + demo.root()));
      assertTrue(settings.contains("address=127.0.0.1"));
      assertEquals(
          List.of("documentroot", "clientport", "index", "address", "serverport"),
          settings.stream().map(setting -> setting.replaceFirst("=.*", "")).toList());
    }
  }

  @Test
  void theWelcomeNamesTheUrlAndSevenThingsToTry() throws IOException {
    try (Demo demo = Demo.open()) {
      String welcome = demo.welcome("http://127.0.0.1:8080");
      assertEquals(6, welcome.lines().filter(line -> line.contains("curl ")).count());
      assertTrue(welcome.contains("./khttpd explain -w documentroot=" + demo.root()));
    }
  }

  @Test
  void nothingIsLeftAfterClose() throws IOException {
    Demo demo = Demo.open();
    Path root = demo.root();
    demo.close();
    assertFalse(Files.exists(root));
  }
}
