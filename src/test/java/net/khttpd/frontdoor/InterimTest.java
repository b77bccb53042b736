package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// 1xx answers, Expect: 100-continue end to end, and answers that come before the body.
final class InterimTest extends FrontDoor {
  private static final String UPLOAD =
      "POST /app.cgi HTTP/1.1\r\nHost: front.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  private RecordingBackend hints() throws Exception {
    return backend(c -> {
      while (c.read() != null) {
        c.send("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + RecordingBackend.OK);
      }
    });
  }

  @Test
  void aHintIsForwarded() throws Exception {
    RawClient client = connect(before(hints())).send(Wire.get("/app.cgi"));
    String hint = client.head();
    assertTrue(hint.startsWith("HTTP/1.1 103 "), hint);
    assertTrue(hint.contains("Link: </a.css>"), hint);
    assertEquals("backend", client.read().text());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void aHintIsNeverSentToHttp10() throws Exception {
    RawClient client = connect(before(hints())).send("GET /app.cgi HTTP/1.0\r\n\r\n");
    Answer answer = client.read();
    assertEquals(200, answer.status());
    assertEquals("backend", answer.text());
  }

  @Test
  void theBackendInvitesTheBody() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          String head = c.head();
          c.send("HTTP/1.1 100 Continue\r\n\r\n");
          c.finish(head);
          c.send(RecordingBackend.OK);
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send(UPLOAD);
    assertTrue(client.head().startsWith("HTTP/1.1 100 "));
    client.send("hello");
    assertEquals("backend", client.read().text());
    var received = backend.take();
    assertEquals("hello", received.text());
    assertEquals("100-continue", received.field("Expect").orElseThrow());
    assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
  }

  @Test
  void nobodyInvitesTheBodyInTheBackendsPlace() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.stall();
        });
    RawClient client = connect(before(backend)).send(UPLOAD);
    assertTrue(client.silentFor(300));
  }

  @Test
  void aBackendThatNeverInvitesIs504() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.stall();
        });
    RawClient client = connect(before(backend, "timeout_backend=0.5")).send(UPLOAD);
    assertEquals(504, client.read().status());
  }

  /// Sending the invitation sets another deadline, a shorter one here.
  @Test
  void anInvitedClientHasTimeoutIdleForItsBody() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          String head = c.head();
          c.send("HTTP/1.1 100 Continue\r\n\r\n");
          c.finish(head);
          c.send(RecordingBackend.OK);
          c.awaitEnd();
        });
    RawClient client = connect(before(backend, "timeout_send=0.3", "timeout_idle=5")).send(UPLOAD);
    assertTrue(client.head().startsWith("HTTP/1.1 100 "));
    assertTrue(client.silentFor(1_000), "told of a deadline that has not passed");
    assertEquals("backend", client.send("hello").read().text());
  }

  @Test
  void aBackendThatRefusesTheBodyIsHeardAndTheConnectionEnds() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send(UPLOAD);
    Answer answer = client.read();
    assertEquals(413, answer.status());
    assertEquals("big", answer.text());
    client.assertGone();
  }

  @Test
  void anAnswerBeforeTheBodyStopsTheUpload() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.head();
          c.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
          c.awaitEnd();
        });
    RawClient client = connect(before(backend));
    client.send("POST /app.cgi HTTP/1.1\r\nHost: f\r\nContent-Length: 100000000\r\n\r\nbegin");
    Answer answer = client.read();
    assertEquals(413, answer.status());
    assertEquals("big", answer.text());
    assertTrue(answer.saysClose(), answer::toString);
    client.assertGone();
  }

  @Test
  void aFloodOfInterimAnswersIsEnded() throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          for (int i = 0; i < 100_000; i++) {
            c.send("HTTP/1.1 102 Processing\r\n\r\n");
          }
          c.send(RecordingBackend.OK);
          c.awaitEnd();
        });
    RawClient client = connect(before(backend)).send("GET /app.cgi HTTP/1.0\r\n\r\n");
    assertEquals(502, client.read().status());
  }
}
