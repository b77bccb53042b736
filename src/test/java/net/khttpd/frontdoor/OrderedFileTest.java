package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.frontdoor.harness.AfterEngine;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Files by order of the application: `X-Sendfile` and `X-Accel-Redirect`. The backend says what
/// the request's `Say` fields tell it to.
final class OrderedFileTest extends FrontDoor {
  private static final String TEXT = "0123456789abcdefghij";
  private static final int LARGE = 300_000;

  private RecordingBackend backend;
  private FrontServer server;
  private RawClient client;

  @BeforeEngine
  void files() throws IOException {
    backend = new RecordingBackend(OrderedFileTest::say);
    site.file("../internal/report.pdf", TEXT)
        .file("../internal/large.bin", large())
        .file("../internal/.hidden/a b%.txt", "dot")
        .file("../internal/run.php", "<?php")
        .directory("../internal/folder")
        .link("../internal/out", site.outside().resolve("secret.txt"))
        .link("../internal/in", Path.of("report.pdf"))
        .file("../secret.txt", "secret")
        .file("page.html", "page");
    Files.setPosixFilePermissions(
        internal().resolve("run.php"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwx--x--x"));
  }

  @BeforeEach
  void connect() throws IOException {
    server = server(settings(backend).toArray(String[]::new));
    client = connect(server);
  }

  @AfterEngine
  void closeBackend() throws IOException {
    backend.close();
  }

  /// In front of a backend of its own: for tests with another script, or that change settings.
  private RecordingBackend apart(RecordingBackend.Script script) throws IOException {
    RecordingBackend other = backend(script);
    server = own(FrontServer.start(engine, site.root(), settings(other)));
    client = connect(server);
    return other;
  }

  private List<String> settings(RecordingBackend asked) {
    return List.of(
        "sendfile_header=on", "backend=" + asked.setting(), "internal_root=" + internal());
  }

  private Path internal() {
    return site.outside().resolve("internal");
  }

  private static String large() {
    return "large file ".repeat(LARGE / 11);
  }

  private static void say(BackendConnection connection) throws IOException {
    for (Received request = connection.read(); request != null; request = connection.read()) {
      connection.send("HTTP/1.1 " + request.field("Say-Status").orElse("200 Fine") + "\r\n");
      for (String line : request.all("Say")) {
        connection.send(line + "\r\n");
      }
      String body = request.field("Say-Body").orElse("");
      connection.send("Content-Length: " + body.length() + "\r\n\r\n");
      if (!request.requestLine().startsWith("HEAD")) {
        connection.send(body);
      }
    }
  }

  private Answer ask(String... fields) throws IOException {
    return client.send(Wire.get("/app.cgi", fields)).read();
  }

  @Test
  void theFileIsSentWithStatusAndFieldsOfTheApplication() throws Exception {
    Answer answer =
        ask(
            "Say: X-Sendfile: report.pdf",
            "Say: Content-Type: application/x-own",
            "Say: Set-Cookie: a=1",
            "Say: Set-Cookie: b=2",
            "Say: Content-Disposition: attachment; filename=\"r.pdf\"",
            "Say-Body: thrown away");
    assertEquals("HTTP/1.1 200 OK", answer.statusLine());
    assertEquals(TEXT, answer.text());
    assertEquals("application/x-own", answer.field("Content-Type").orElse(""));
    assertEquals(List.of("a=1", "b=2"), answer.all("Set-Cookie"));
    assertEquals("attachment; filename=\"r.pdf\"", answer.field("Content-Disposition").orElse(""));
    assertEquals("bytes", answer.field("Accept-Ranges").orElse(""));
    assertTrue(answer.field("ETag").isPresent());
    assertTrue(answer.field("Last-Modified").isPresent());
    assertFalse(answer.has("X-Sendfile"));
    assertEquals("page", client.send(Wire.get("/page.html")).read().text());
  }

  @Test
  void withoutATypeOfTheApplicationTheExtensionTells() throws Exception {
    Answer answer = ask("Say: X-Accel-Redirect: /report.pdf", "Say: X-Accel-Buffering: no");
    assertEquals("application/pdf", answer.field("Content-Type").orElse(""));
    assertEquals(TEXT, answer.text());
    assertFalse(answer.has("X-Accel-Redirect"));
    assertFalse(answer.has("X-Accel-Buffering"));
  }

  @Test
  void aNameIsRelativeOrAbsoluteAndEncodedOrNot() throws Exception {
    assertEquals(TEXT, ask("Say: X-Sendfile: " + internal() + "/report.pdf").text());
    assertEquals(TEXT, ask("Say: X-Sendfile: ./report.pdf").text());
    assertEquals(TEXT, ask("Say: X-Accel-Redirect: " + internal() + "/report.pdf").text());
    assertEquals(TEXT, ask("Say: X-Accel-Redirect: report.pdf?x=1").text());
    assertEquals(TEXT, ask("Say: X-Sendfile: %72eport.pdf").text());
    assertEquals(TEXT, ask("Say: X-Sendfile: in").text());
    assertEquals("dot", ask("Say: X-Sendfile: .hidden/a b%.txt").text());
    assertEquals("dot", ask("Say: X-Accel-Redirect: /.hidden/a%20b%25.txt").text());
    assertEquals("<?php", ask("Say: X-Sendfile: run.php").text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Sendfile: ../secret.txt",
        "X-Sendfile: folder/../report.pdf",
        "X-Sendfile: %2e%2e/secret.txt",
        "X-Sendfile: /etc/passwd",
        "X-Accel-Redirect: /etc/passwd",
        "X-Accel-Redirect: /../secret.txt",
        "X-Sendfile: out",
        "X-Sendfile: missing",
        "X-Sendfile: folder",
        "X-Sendfile: folder/",
        "X-Sendfile: report.pdf%00.txt",
        "X-Sendfile:",
      })
  void whatIsNoFileBeneathTheRootIsAnswered404(String order) throws Exception {
    long before = server.count(Counter.ORDER_FAILURES);
    Answer answer = ask("Say: " + order, "Say: Set-Cookie: a=1", "Say-Body: private");
    assertEquals(404, answer.status());
    assertFalse(answer.has("Set-Cookie"));
    assertFalse(answer.text().contains("private"));
    assertEquals(before + 1, server.count(Counter.ORDER_FAILURES));
    assertEquals(TEXT, ask("Say: X-Sendfile: report.pdf").text());
  }

  @Test
  void whyAnOrderWasNotFollowedIsLogged() throws Exception {
    apart(OrderedFileTest::say);
    assertEquals(404, ask("Say: X-Sendfile: ../secret.txt").status());
    awaitEvent(
        "sendfile_header: a backend ordered '../secret.txt', answered 404: it has a segment ..");
  }

  private void awaitEvent(String sentence) {
    long end = System.nanoTime() + 5_000_000_000L;
    while (!server.events().contains(sentence)) {
      assertTrue(System.nanoTime() < end, server.events());
      Thread.onSpinWait();
    }
  }

  @Test
  void aFifoIsNeverOpened() throws Exception {
    Path fifo = internal().resolve("fifo");
    if (!Files.exists(fifo)) {
      assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    }
    assertEquals(404, ask("Say: X-Sendfile: fifo").status());
  }

  @Test
  void rangesAreThoseOfTheFile() throws Exception {
    Answer part = ask("Range: bytes=5-9", "Say: X-Sendfile: report.pdf", "Say: X-Own: 1");
    assertEquals(206, part.status());
    assertEquals("56789", part.text());
    assertEquals("bytes 5-9/20", part.field("Content-Range").orElse(""));
    assertEquals("1", part.field("X-Own").orElse(""));
    Answer beyond = ask("Range: bytes=50-", "Say: X-Sendfile: report.pdf");
    assertEquals(416, beyond.status());
    assertEquals("bytes */20", beyond.field("Content-Range").orElse(""));
    Answer two = ask("Range: bytes=0-1,5-6", "Say: X-Sendfile: report.pdf");
    assertEquals(206, two.status());
    assertTrue(two.field("Content-Type").orElse("").startsWith("multipart/byteranges"));
    assertTrue(two.text().contains("01") && two.text().contains("56"));
    Answer large = ask("Range: bytes=-11", "Say: X-Sendfile: large.bin");
    assertEquals("large file ", large.text());
  }

  @Test
  void conditionsAreJudgedByTheValidatorsThatAreSent() throws Exception {
    long before = server.count(Counter.ORDER_FAILURES);
    String own = ask("Say: X-Sendfile: report.pdf").field("ETag").orElse("");
    assertEquals(304, ask("If-None-Match: " + own, "Say: X-Sendfile: report.pdf").status());
    Answer unmodified =
        ask(
            "If-None-Match: \"mine\"",
            "Say: X-Sendfile: report.pdf",
            "Say: ETag: \"mine\"",
            "Say: Set-Cookie: a=1",
            "Say: Content-Language: de");
    assertEquals(304, unmodified.status());
    assertEquals("\"mine\"", unmodified.field("ETag").orElse(""));
    assertEquals("a=1", unmodified.field("Set-Cookie").orElse(""));
    assertFalse(unmodified.has("Content-Language"));
    String[] dated = {
      "Say: X-Sendfile: report.pdf", "Say: Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT"
    };
    assertEquals(
        304, ask(dated[0], dated[1], "If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT").status());
    assertEquals(
        206,
        ask(dated[0], dated[1], "Range: bytes=0-0", "If-Range: Sat, 01 Jan 2000 00:00:00 GMT")
            .status());
    assertEquals(200, ask(dated[0], "Range: bytes=0-0", "If-Range: \"another\"").status());
    assertEquals(412, ask(dated[0], "If-Match: \"another\"").status());
    assertEquals(before, server.count(Counter.ORDER_FAILURES));
  }

  @Test
  void anotherStatusIsKeptAndGetsTheWholeFile() throws Exception {
    Answer answer = ask("Range: bytes=0-1", "Say-Status: 403 No", "Say: X-Sendfile: report.pdf");
    assertEquals(403, answer.status());
    assertEquals(TEXT, answer.text());
    Answer none = ask("Say-Status: 204 Empty", "Say: X-Sendfile: report.pdf");
    assertEquals(204, none.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"204 Empty", "304 Not Modified"})
  void anAnswerWithoutContentDoesNotTellWhereTheFileLies(String status) throws Exception {
    Answer answer =
        ask(
            "Say-Status: " + status,
            "Say: X-Sendfile: " + internal() + "/report.pdf",
            "Say: X-Accel-Redirect: /report.pdf",
            "Say: X-Own: 1");
    assertEquals(status.substring(0, 3), "" + answer.status());
    assertEquals("1", answer.field("X-Own").orElse(""));
    assertFalse(answer.has("X-Sendfile") || answer.has("X-Accel-Redirect"), answer::toString);
  }

  @Test
  void headGetsTheLengthOfTheFile() throws Exception {
    client.send(Wire.request("HEAD", "/app.cgi", "Say: X-Sendfile: large.bin"));
    Answer answer = client.readForHead();
    assertEquals(String.valueOf(large().length()), answer.field("Content-Length").orElse(""));
    assertEquals(TEXT, ask("Say: X-Sendfile: report.pdf").text());
    client.send(Wire.request("HEAD", "/app.cgi", "Say: X-Sendfile: missing"));
    assertEquals(404, client.readForHead().status());
    assertEquals(TEXT, ask("Say: X-Sendfile: report.pdf").text());
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrderAndOneConnectionServesThem() throws Exception {
    RecordingBackend asked = apart(OrderedFileTest::say);
    var requests = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      requests
          .append(Wire.get("/app.cgi", "Say: X-Sendfile: large.bin"))
          .append(Wire.get("/page.html"))
          .append(Wire.get("/app.cgi", "Say: X-Sendfile: report.pdf"));
    }
    client.send(requests.toString());
    for (int i = 0; i < 20; i++) {
      assertEquals(large(), client.read().text());
      assertEquals("page", client.read().text());
      assertEquals(TEXT, client.read().text());
    }
    assertEquals(1, asked.accepted());
    assertEquals(40, server.count(Counter.ORDERED_FILES));
  }

  @Test
  void aPostIsAnsweredWithAFileAndTheConnectionGoesOn() throws Exception {
    client.send(
        Wire.request("POST", "/app.cgi", "Say: X-Sendfile: report.pdf", "Content-Length: 5")
            + "hello");
    assertEquals(TEXT, client.read().text());
    assertEquals("page", client.send(Wire.get("/page.html")).read().text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Transfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n",
        "Content-Length: 100000000\r\n\r\nxxx",
        "Content-Length: 65536\r\n\r\nxxx",
        "Connection: close\r\n\r\nxxx",
      })
  void aBodyThatDoesNotEndIsGivenUpAndTheFileIsSent(String rest) throws Exception {
    apart(c -> {
      c.read();
      c.send("HTTP/1.1 200 OK\r\nX-Sendfile: report.pdf\r\n" + rest);
      if (!rest.startsWith("Transfer") && !rest.contains("65536")) {
        c.awaitEnd();
      }
    });
    assertEquals(TEXT, ask().text());
    assertEquals("page", client.send(Wire.get("/page.html")).read().text());
  }

  @Test
  void aChunkedBodyIsReadToItsEndSoThatTheConnectionServesAgain() throws Exception {
    RecordingBackend asked =
        apart(c -> {
          while (c.read() != null) {
            c.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
            c.send(
                "HTTP/1.1 200 OK\r\nX-Sendfile: report.pdf\r\nTransfer-Encoding: chunked\r\n\r\n");
            c.send("5\r\nshort\r\n");
            c.send("0\r\n\r\n");
          }
        });
    for (int i = 0; i < 3; i++) {
      client.send(Wire.get("/app.cgi"));
      assertTrue(client.head().startsWith("HTTP/1.1 103"));
      assertEquals(TEXT, client.read().text());
    }
    assertEquals(1, asked.accepted());
  }

  @Test
  void aFileThatChangesIsSentInItsNewVersion() throws Exception {
    site.file("../internal/changing.txt", "one");
    assertEquals("one", ask("Say: X-Sendfile: changing.txt").text());
    site.file("../internal/changing.txt", "other");
    long end = System.nanoTime() + 5_000_000_000L;
    Answer answer = ask("Say: X-Sendfile: changing.txt");
    while (!answer.text().equals("other") && System.nanoTime() < end) {
      assertEquals("one", answer.text());
      answer = ask("Say: X-Sendfile: changing.txt");
    }
    assertEquals("other", answer.text());
  }

  @Test
  void whenItIsOffTheFieldsGoToTheClientAsAnyOther() throws Exception {
    apart(OrderedFileTest::say);
    server.write("sendfile_header=off");
    Answer answer =
        ask("Say: X-Sendfile: report.pdf", "Say: X-Accel-Redirect: /r", "Say-Body: body");
    assertEquals("body", answer.text());
    assertEquals("report.pdf", answer.field("X-Sendfile").orElse(""));
    assertEquals("/r", answer.field("X-Accel-Redirect").orElse(""));
    server.write("sendfile_header=X-Accel-Redirect");
    assertEquals("body", ask("Say: X-Sendfile: report.pdf", "Say-Body: body").text());
    assertEquals(TEXT, ask("Say: X-Accel-Redirect: report.pdf", "Say-Body: body").text());
    server.write("sendfile_header=1", "internal_root=");
    assertEquals(404, ask("Say: X-Sendfile: report.pdf", "Say-Body: body").status());
  }

  @Test
  void noUrlLeadsToTheInternalRoot() throws Exception {
    assertEquals(200, client.send(Wire.get("/page.html")).read().status());
    for (String path : List.of("/report.pdf", "/internal/report.pdf", "/../internal/report.pdf")) {
      Answer answer = client.send(Wire.get(path)).read();
      assertFalse(answer.text().contains(TEXT), path);
    }
    apart(OrderedFileTest::say);
    server.write("internal_root=" + site.root());
    awaitEvent("internal_root: " + site.root() + " lies beneath documentroot");
  }
}
