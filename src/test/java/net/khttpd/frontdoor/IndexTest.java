package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// What a directory is answered with.
final class IndexTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("index.html", "top").file("dir/index.html", "inner").file("other/home.txt", "home");
    site.directory("empty");
  }

  @Test
  void aloneIndexHtmlIsServed() throws Exception {
    var client = connect(server());
    assertEquals("top", client.send(Wire.get("/")).read().text());
    Answer inner = client.send(Wire.get("/dir/")).read();
    assertEquals("inner", inner.text());
    assertEquals("text/html", inner.field("Content-Type").orElseThrow());
    assertEquals(404, client.send(Wire.get("/empty/")).read().status());
  }

  @Test
  void withABackendADirectoryIsPassedOn() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    var client = connect(before(backend));
    assertEquals("backend", client.send(Wire.get("/")).read().text());
    assertEquals("backend", client.send(Wire.get("/dir/")).read().text());
    assertEquals("backend", client.send(Wire.get("/dir")).read().text());
  }

  @Test
  void withABackendAnIndexThatIsSetIsServed() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    var client = connect(before(backend, "index=index.html", "index=home.txt"));
    assertEquals("top", client.send(Wire.get("/")).read().text());
    assertEquals("home", client.send(Wire.get("/other/")).read().text());
    assertEquals("backend", client.send(Wire.get("/empty/")).read().text());
  }

  @Test
  void aDirectoryWithoutWhatIndexNamesIsPassedOnAsADirectory() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server = before(backend, "index=home.html");
    var client = connect(server);
    assertEquals("backend", client.send(Wire.get("/empty/")).read().text());
    assertEquals("backend", client.send(Wire.get("/absent/")).read().text());
    assertEquals("1", server.statistics().get("stats.passed_on.directory"));
    assertEquals("1", server.statistics().get("stats.passed_on.exists"));
  }

  @Test
  void aDirectoryWithoutItsSlashNeverLeadsToAnotherHost() throws Exception {
    var client = connect(server());
    Answer answer = client.send(Wire.get("/dir", "Connection: close")).read();
    assertTrue(Set.of(301, 308, 404).contains(answer.status()), answer::toString);
    answer
        .field("Location")
        .ifPresent(to -> assertTrue(to.equals("/dir/") || to.equals("dir/"), to));
    String target = "/dir?a=%2f\"\u00c3\u00bc";
    Answer asked = connect(server()).send(Wire.get(target)).read();
    assertEquals("/dir/?a=%2f\"%C3%BC", asked.field("Location").orElseThrow());
    Answer doubled = connect(server()).send(Wire.get("//dir")).read();
    doubled.field("Location").ifPresent(to -> assertTrue(!to.startsWith("//"), to));
  }
}
