package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The control socket as a thing that anything may speak to: row D15 of the attacks, and its name
/// in the file system.
final class ControlSocketTest {
  private static final String THREADS = "get\n threads\n\n";
  private static final String TOLD = " net.khttpd.threads = 1\nok\n";

  @TempDir Path directory;
  private Controlled controlled;

  @BeforeEach
  void begin() throws Exception {
    controlled = new Controlled(directory);
  }

  @AfterEach
  void end() {
    controlled.close();
  }

  private RawController controller() throws IOException {
    return new RawController(controlled.path);
  }

  private void assertAnswersOthers() throws Exception {
    try (RawController other = controller()) {
      other.send(THREADS);
      assertEquals(TOLD, other.answer());
    }
  }

  @Test
  void severalCommandsOnAConnectionAreAnsweredInOrder() throws Exception {
    try (RawController one = controller()) {
      one.send(THREADS + "get\n drain\n\n");
      one.endInput();
      assertEquals(TOLD + " net.khttpd.drain = 0.2\nok\n", one.rest());
    }
  }

  @Test
  void aCommandMayComeByteByByte() throws Exception {
    try (RawController one = controller()) {
      for (char c : THREADS.toCharArray()) {
        one.send("" + c);
        assertAnswersOthers();
      }
      assertEquals(TOLD, one.answer());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /net/khttpd/stop HTTP/1.1\r\nContent-Length: 16\r\n\r\nwrite\n stop=1\n\n",
        "write stop=1\n\n",
        "write\nstop=1\n\n",
        "write\n timeout_head=9\0\n\n",
        "write\n timeout_head=9\n timeout_idle=\u0007\n\n",
        "get  ignore-unknown\n threads\n\n",
        "\n",
        "\0\0\0\0\n",
        "shutdown\n\n",
      })
  void whatIsNoCommandIsAnsweredAndTheRestIsNotRead(String text) throws Exception {
    try (RawController one = controller()) {
      one.send(text + "write\n timeout_head=9\n\n");
      String answer = one.rest();
      assertTrue(answer.matches("![^\n]+\nerror\n"), answer);
    }
    assertEquals(
        List.of("net.khttpd.timeout_head = 10"), controlled.told(Word.GET, "timeout_head"));
    assertAnswersOthers();
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws Exception {
    try (RawController one = controller()) {
      one.send("write\n charset=\u00ff\n\n".getBytes(StandardCharsets.ISO_8859_1));
      assertTrue(one.rest().endsWith("error\n"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "net.khttpd/../..",
        "net.khttpd/../../etc/passwd",
        "../threads",
        "net..khttpd.threads",
        "",
        "net.khttpd.threads\\",
        "net.khttpd.threads=2",
        "*",
      })
  void aPathInANameIsAnUnknownSetting(String name) throws Exception {
    ControlAnswer answer = controlled.ask(Word.GET, name);
    assertEquals(ControlAnswer.Status.ERROR, answer.status());
    assertTrue(answer.errors().getFirst().startsWith("unknown setting "), answer::toString);
    String write = controlled.ask(Word.WRITE, name + "=1").errors().getFirst();
    assertTrue(write.contains("unknown setting") || write.contains("threads"), write);
  }

  @Test
  void aLineWithoutAnEndIsCutOff() throws Exception {
    try (RawController one = controller()) {
      one.send("write\n dynamic=");
      byte[] piece = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < 100_000 && one.send(piece); i++) {
        assertTrue(i < 1000, "it reads on and on");
      }
      assertTrue(one.rest().contains("bytes"));
    }
    assertAnswersOthers();
  }

  @Test
  void linesWithoutAnEndAreCutOff() throws Exception {
    try (RawController one = controller()) {
      one.send("write\n");
      String piece = " timeout_head=9\n".repeat(500);
      for (int i = 0; i < 100_000 && one.send(piece); i++) {
        assertTrue(i < 1000, "it reads on and on");
      }
      assertTrue(one.rest().endsWith("error\n"));
    }
    assertEquals(
        List.of("net.khttpd.timeout_head = 10"), controlled.told(Word.GET, "timeout_head"));
  }

  @Test
  void aValueThatIsTooLongIsNamed() throws Exception {
    ControlAnswer answer = controlled.ask(Word.WRITE, "dynamic=" + "x".repeat(5000));
    assertTrue(answer.errors().getFirst().startsWith("dynamic: "), answer::toString);
  }

  @Test
  void thousandsOfIdleConnectionsShutNobodyOut() throws Exception {
    int most = 2000;
    var open = new ArrayList<RawController>();
    try {
      for (int i = 0; i < most; i++) {
        RawController idle = controller();
        open.add(idle);
        idle.send(i % 2 == 0 ? "" : "get\n thre");
        if (i % 100 == 99) {
          assertAnswersOthers();
        }
        if (open.size() > 200) {
          RawController oldest = open.removeFirst();
          assertTrue(oldest.rest().endsWith("ask again\nerror\n"));
          oldest.close();
        }
      }
    } finally {
      for (RawController each : open) {
        each.close();
      }
    }
    long lines = controlled.logged().lines().filter(l -> l.contains("control")).count();
    assertTrue(lines < 20, controlled.logged());
    long threads =
        Thread.getAllStackTraces().keySet().stream()
            .filter(t -> t.getName().startsWith("khttpd-control-"))
            .count();
    assertTrue(threads <= ControlSocket.MOST, threads + " threads");
  }

  @Test
  void whoDoesNotReadItsAnswerDelaysNobody() throws Exception {
    try (RawController deaf = controller()) {
      String commands = "list\n\n".repeat(1000);
      deaf.send(commands);
      for (int i = 0; i < 20; i++) {
        assertAnswersOthers();
      }
    }
  }

  @Test
  void whoGoesInTheMiddleOfACommandHasChangedNothing() throws Exception {
    try (RawController one = controller()) {
      one.send("write\n timeout_head=9\n");
    }
    assertAnswersOthers();
    assertEquals(
        List.of("net.khttpd.timeout_head = 10"), controlled.told(Word.GET, "timeout_head"));
  }

  // The name

  @Test
  void onlyItsUserMayOpenIt() throws Exception {
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(controlled.path)));
  }

  @Test
  void theNameIsRemovedAtTheEndButNotThatOfAnother() throws Exception {
    Path mine = directory.resolve("mine");
    try (EventLog log = EventLog.toStderr()) {
      ControlSocket first = ControlSocket.open(mine, controlled.server, log);
      Files.delete(mine);
      try (ControlSocket second = ControlSocket.open(mine, controlled.server, log)) {
        first.close();
        assertTrue(Files.exists(mine));
        assertEquals(mine, second.path());
      }
      assertFalse(Files.exists(mine));
    }
  }

  @Test
  void aNameInUseIsRefusedAndAStaleOneTakenOver() throws Exception {
    try (EventLog log = EventLog.toStderr()) {
      var taken =
          assertThrows(
              OperatorException.class,
              () -> ControlSocket.open(controlled.path, controlled.server, log));
      assertTrue(taken.sentence().contains("in use"), taken.sentence());
      assertAnswersOthers();
      Path stale = directory.resolve("stale");
      leaveBehind(stale);
      try (ControlSocket over = ControlSocket.open(stale, controlled.server, log)) {
        ControlClient.connect(over.path()).close();
      }
    }
  }

  private static void leaveBehind(Path path) {
    var sockets = new Sockets();
    int fd = sockets.socket(Sockets.AF_UNIX);
    SocketAddress address = SocketAddress.ofUnixPath(path.toString());
    assertEquals(0, sockets.bind(fd, address));
    sockets.close(fd);
    sockets.free();
    address.free();
  }

  @Test
  void whatIsNoSocketIsLeftAlone() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "precious");
    for (Path path : List.of(file, directory, directory.resolve("no/such/directory"))) {
      try (EventLog log = EventLog.toStderr()) {
        var refused =
            assertThrows(
                OperatorException.class, () -> ControlSocket.open(path, controlled.server, log));
        assertTrue(refused.sentence().startsWith("--socket: " + path), refused.sentence());
      }
    }
    assertEquals("precious", Files.readString(file));
    var long_ = directory.resolve("x".repeat(120));
    try (EventLog log = EventLog.toStderr()) {
      assertThrows(
          OperatorException.class, () -> ControlSocket.open(long_, controlled.server, log));
    }
  }
}
