package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.khttpd.frontdoor.attack.Attack;
import net.khttpd.frontdoor.attack.AttackSite;
import net.khttpd.frontdoor.attack.ChunkAttacks;
import net.khttpd.frontdoor.attack.FramingAttacks;
import net.khttpd.frontdoor.attack.HeadAttacks;
import net.khttpd.frontdoor.attack.PathAttacks;
import net.khttpd.frontdoor.attack.ResourceAttacks;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// The tools themselves: the raw client against the recording backend.
final class HarnessTest {
  @Test
  void aBodyIsReadByItsFraming() throws Exception {
    try (var backend =
            new RecordingBackend(c -> {
              c.read();
              c.send(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\n\r\n");
              c.read();
              c.send("HTTP/1.1 200 OK\r\n\r\nto the end");
            });
        var client = new RawClient(backend.port())) {
      assertEquals("abc", client.send(Wire.get("/1")).read().text());
      assertEquals("to the end", client.send(Wire.get("/2")).read().text());
      client.assertClosed();
      assertEquals("GET /1 HTTP/1.1", backend.take().requestLine());
      assertEquals(Wire.get("/1") + Wire.get("/2"), Wire.text(backend.received()));
    }
  }

  @Test
  void aCutAnswerIsMarked() throws Exception {
    try (var backend =
            new RecordingBackend(c -> {
              c.read();
              c.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
            });
        var client = new RawClient(backend.port())) {
      var answer = client.send(Wire.get("/")).read();
      assertFalse(answer.complete());
      assertEquals("abc", answer.text());
    }
  }

  @Test
  void aRequestBodyIsRecordedDecoded() throws Exception {
    try (var backend = RecordingBackend.ok();
        var client = new RawClient(backend.port())) {
      client.send(
          "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nT: 1\r\n\r\n");
      assertEquals("backend", client.read().text());
      var received = backend.take();
      assertEquals("hi", received.text());
      assertEquals("T: 1\r\n", received.trailers());
      assertTrue(client.silentFor(1));
    }
  }

  @Test
  void everyAttackOfTheListHasARow() {
    var ids =
        Stream.of(
                FramingAttacks.rows(),
                HeadAttacks.rows(),
                ChunkAttacks.rows(),
                PathAttacks.rows(),
                ResourceAttacks.rows())
            .flatMap(List::stream)
            .map(Attack::id)
            .collect(Collectors.toSet());
    for (int s = 1; s <= 23; s++) {
      assertTrue(ids.contains("S" + s), "S" + s);
    }
    for (String id :
        List.of("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F11", "F18", "D6", "D10")) {
      assertTrue(ids.contains(id), id);
    }
  }

  @Test
  void theSiteOfTheTablesCanBeBuiltAndRemoved() throws Exception {
    var site = new AttackSite();
    assertEquals("the file hello.txt\n", site.body("/hello.txt"));
    site.close();
    assertFalse(java.nio.file.Files.exists(site.root()));
  }
}
