package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A retry never loses a request's body (peers.md §B row 42): the backend gets all of it or the
/// client is told that it did not; a request that is not idempotent is never sent twice.
final class RetryBodyTest extends FrontDoor {
  /// Comes in one piece with its head, so that it lies here whole.
  private static final int LEAST_REPEATED = 1_000;

  private static final int[] SIZES = {0, 1, 1_000, 16_384, 30_000, 32_768, 70_000, 300_000};

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha");
  }

  /// Serves one request a connection, and gives the second up once its head is there.
  private RecordingBackend oneRequestAConnection() throws Exception {
    return backend(c -> {
      c.read();
      c.send(RecordingBackend.OK);
      c.head();
    });
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "chunked"})
  void aBodyOnAConnectionThatProvesStaleArrivesWholeOrTheClientIsTold(String framing)
      throws Exception {
    RecordingBackend backend = oneRequestAConnection();
    var random = new Random(42);
    RawClient client = connect(before(backend));
    for (int size : SIZES) {
      byte[] body = new byte[size];
      random.nextBytes(body);
      assertEquals("backend", client.send(Wire.get("/warm.cgi")).read().text());
      backend.drain();
      send(client, "PUT", framing, body);
      Answer answer = client.read();
      List<Received> complete = backend.drain();
      if (answer.status() == 200) {
        assertEquals(1, complete.size(), "once");
        assertArrayEquals(body, complete.getFirst().body(), "the body of " + size);
      } else {
        assertEquals(502, answer.status());
        assertEquals(0, complete.size());
        assertTrue(size > LEAST_REPEATED, () -> size + " octets could have been sent again");
        client = connect(before(backend));
      }
    }
  }

  /// The backend counts the heads that it sees.
  @ParameterizedTest
  @ValueSource(strings = {"Content-Length", "chunked"})
  void aRequestThatIsNotIdempotentIsNeverSentTwice(String framing) throws Exception {
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(RecordingBackend.OK);
          c.read(); // all of it, and no answer
        });
    RawClient client = connect(before(backend));
    for (int i = 0; i < 5; i++) {
      assertEquals("backend", client.send(Wire.get("/warm.cgi")).read().text());
      backend.drain();
      send(client, "POST", framing, Wire.bytes("order " + i));
      int status = client.read().status();
      List<Received> seen = backend.drain();
      assertEquals(1, seen.size(), "times that the order was placed, answered " + status);
      assertEquals("order " + i, seen.getFirst().text());
    }
  }

  private static void send(RawClient client, String method, String framing, byte[] body)
      throws Exception {
    boolean chunked = framing.equals("chunked");
    String field = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length;
    String content = Wire.text(body);
    if (chunked && body.length > 0) {
      content = Integer.toHexString(body.length) + "\r\n" + content + "\r\n";
    }
    String head = Wire.request(method, "/app.cgi", field);
    client.sendIfItListens(Wire.bytes(head + content + (chunked ? "0\r\n\r\n" : "")));
  }
}
