package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.control.ControlAnswer.Status;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Statistics and their endpoint over the life of a server, through its control socket.
final class ControlStatisticsTest {
  @TempDir Path directory;

  private static long value(Controlled controlled, String name) throws Exception {
    String line = controlled.told(Word.GET, "stats." + name).getFirst();
    return Long.parseLong(line.substring(line.indexOf(" = ") + 3));
  }

  private static void ask(Controlled controlled) throws Exception {
    String ready = controlled.server.start();
    int port = Integer.parseInt(ready.split("[: ]")[2]);
    try (var client = new RawClient(port)) {
      assertEquals(404, client.send(Wire.get("/absent")).read().status());
    }
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static boolean answers(int port) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (ConnectException refused) {
      return false;
    }
  }

  @Test
  void countersGoOnOverStopAndStart() throws Exception {
    try (var controlled = new Controlled(directory)) {
      for (int round = 1; round <= 3; round++) {
        ask(controlled);
        List<String> told = controlled.told(Word.WRITE, "stop=1");
        assertEquals(List.of("net.khttpd.stop = 1"), told);
        assertEquals(round, value(controlled, "refused.404"));
        assertEquals(round, value(controlled, "loop0.requests"));
        assertEquals(round, value(controlled, "connections"));
        assertEquals(0, value(controlled, "connections_now"));
        assertEquals(0, value(controlled, "loops"));
      }
    }
  }

  @Test
  void countersGoOnOverAChangeOfFilesAndLog() throws Exception {
    try (var controlled = new Controlled(directory)) {
      ask(controlled);
      long opens = value(controlled, "opens");
      controlled.told(Word.WRITE, "sendfile_min=1M", "perm_forbid=0", "logging=1");
      ask(controlled);
      controlled.told(Word.WRITE, "logging=0", "clientport=1");
      assertEquals(opens + 1, value(controlled, "opens"));
      assertEquals(2, value(controlled, "requests"));
      assertEquals(0, value(controlled, "log_dropped"));
      assertTrue(
          controlled
              .told(Word.GET, "stats")
              .contains("net.khttpd.stats.backend0.name = 127.0.0.1:1"));
    }
  }

  @Test
  void theyAreReadOnlyAndNoSettings() throws Exception {
    try (var controlled = new Controlled(directory)) {
      ControlAnswer answer = controlled.ask(Word.WRITE, "drain=7", "net.khttpd.stats.requests=1");
      assertEquals(Status.ERROR, answer.status());
      assertEquals(
          List.of(
              "net.khttpd.stats.requests: is a statistic, which can be read only; nothing was changed"),
          answer.errors());
      assertEquals(List.of("net.khttpd.drain = 0.2"), controlled.told(Word.GET, "drain"));
      assertTrue(controlled.told(Word.LIST).stream().noneMatch(l -> l.contains(".stats.")));
      assertTrue(
          controlled.told(Word.GET, "net.khttpd").stream().noneMatch(l -> l.contains(".stats.")));
    }
  }

  @Test
  void theEndpointComesMovesAndGoesAtOnce() throws Exception {
    int first = free();
    int second = free();
    try (var controlled = new Controlled(directory, "metrics_address=127.0.0.1:" + first)) {
      assertFalse(answers(first), "before the first start");
      controlled.server.start();
      assertTrue(answers(first));
      controlled.told(Word.WRITE, "stop=1");
      assertTrue(answers(first), "a stopped server still tells what it has done");
      controlled.told(Word.WRITE, "metrics_address=127.0.0.1:" + second);
      assertFalse(answers(first));
      assertTrue(answers(second));
      controlled.told(Word.WRITE, "metrics_address=");
      assertFalse(answers(second));
      controlled.told(Word.WRITE, "metrics_address=127.0.0.1:" + first);
      controlled.server.close();
      assertFalse(answers(first), "after unload");
    }
  }

  @Test
  void anEndpointThatCannotBeHadChangesNothing() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var controlled = new Controlled(directory)) {
      controlled.server.start();
      String address = "metrics_address=127.0.0.1:" + taken.getLocalPort();
      ControlAnswer answer = controlled.ask(Word.WRITE, "timeout_idle=7", address);
      assertEquals(Status.ERROR, answer.status());
      assertTrue(answer.errors().getFirst().startsWith("metrics_address: "), answer.errors() + "");
      assertEquals(
          List.of("net.khttpd.timeout_idle = 60"), controlled.told(Word.GET, "timeout_idle"));
      assertEquals(
          List.of("net.khttpd.metrics_address ="), controlled.told(Word.GET, "metrics_address"));
    }
  }

  @Test
  void whatIsRefusedBesideItOpensNoEndpoint() throws Exception {
    int port = free();
    try (var controlled = new Controlled(directory)) {
      controlled.server.start();
      assertThrows(
          AssertionError.class,
          () ->
              controlled.told(
                  Word.WRITE, "metrics_address=127.0.0.1:" + port, "documentroot=/nonexistent"));
      assertFalse(answers(port));
    }
  }
}
