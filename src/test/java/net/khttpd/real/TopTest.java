package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import net.khttpd.frontdoor.harness.Engine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `./khttpd top` in a pipe and on a terminal, which script(1) gives it.
final class TopTest {
  private static final String SECOND_SCREEN = "\033[?1049";

  @TempDir private static Path directory;
  private static Path socket;
  private static Khttpd server;

  @BeforeAll
  static void begin() throws Exception {
    socket = directory.resolve("control");
    server = Khttpd.run(Engine.EPOLL, directory, socket);
    server.port();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @Test
  void inAPipeItPrintsLines() throws Exception {
    var ended = Khttpd.ended("top", "--socket", "" + socket, "-d", "0.1", "-n", "3");
    assertEquals(0, ended.exit(), ended::err);
    List<String> lines = ended.out().lines().toList();
    assertEquals(4, lines.size(), ended.out());
    assertTrue(lines.getFirst().contains("req/s"), ended.out());
    assertTrue(lines.getLast().matches("\\d\\d:\\d\\d:\\d\\d( +[0-9.]+)+"), ended.out());
    assertFalse(ended.out().contains("\033"), ended.out());
    assertEquals("", ended.err());
  }

  @ParameterizedTest
  @ValueSource(strings = {"q", "Ctrl-C", "TERM"})
  void howeverItEndsTheTerminalIsAsBefore(String end) throws Exception {
    try (var terminal = new Terminal(directory, "top --socket " + socket + " -d 0.2")) {
      terminal.await("requests/s");
      switch (end) {
        case "q" -> terminal.type("q");
        case "Ctrl-C" -> terminal.type("\003");
        default -> terminal.terminate();
      }
      String shown = terminal.untilEnd();
      assertTrue(shown.contains(SECOND_SCREEN + "h"), shown);
      int left = shown.lastIndexOf(SECOND_SCREEN + "l");
      assertTrue(left > shown.lastIndexOf(SECOND_SCREEN + "h"), shown);
      assertTrue(shown.contains("same modes"), shown);
      assertFalse(shown.contains("Exception"), shown);
      assertFalse(shown.contains("WARNING"), shown);
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    var ended = Khttpd.ended("top", "--socket", directory.resolve("nobody") + "", "-n", "1");
    assertEquals(2, ended.exit());
    assertTrue(ended.err().startsWith("khttpd: --socket: "), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @Test
  void aDelayOutOfBoundsIsNamed() throws Exception {
    var ended = Khttpd.ended("top", "--socket", "" + socket, "-d", "0");
    assertEquals(2, ended.exit());
    assertTrue(ended.err().startsWith("khttpd: --delay: "), ended.err());
  }
}
