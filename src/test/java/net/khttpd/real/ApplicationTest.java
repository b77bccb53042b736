package net.khttpd.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.khttpd.frontdoor.harness.Wire.get;
import static net.khttpd.frontdoor.harness.Wire.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every [Application] shows through us as it does directly. One class for each maker.
abstract class ApplicationTest extends RealWorld {
  private static final int EVENTS = 20;
  private static final long EVENT_MILLIS = 100;

  int application;
  int us;

  /// Started once for the class and the engine.
  abstract Application application() throws Exception;

  @Override
  final void start() throws Exception {
    application = own(application()).port();
    us = own(FrontServer.start(engine, site.root(), settings())).port();
  }

  List<String> settings() {
    return List.of("clientport=" + application);
  }

  @Test
  void anAnswerFromAnotherThreadArrives() throws Exception {
    Answer answer = ask(us, get("/async"));
    assertEquals("async", answer.text());
    Same.passedOn(ask(application, get("/async")), answer);
  }

  @Test
  void chunksArriveWhole() throws Exception {
    Answer answer = ask(us, get("/chunks?300"));
    assertEquals(300 * Application.KILOBYTE, answer.body().length);
    assertTrue(answer.has("Transfer-Encoding"), answer.head());
    Same.passedOn(ask(application, get("/chunks?300")), answer);
  }

  @Test
  void conditionsAndRangesAreTheApplications() throws Exception {
    for (String field :
        new String[] {"If-None-Match: " + Application.ITEM, "Range: bytes=0-3", "X-Same: yes"}) {
      Same.passedOn(ask(application, get("/item", field)), ask(us, get("/item", field)));
    }
  }

  /// Each event is published when the one before has been read; the time is the median's, so that a
  /// busy machine does no harm.
  @Test
  void eachEventArrivesBeforeTheNextIsSent() throws Exception {
    try (var client = new RawClient(us)) {
      client.send(get("/events"));
      assertTrue(client.head().contains("text/event-stream"));
      long[] nanos = new long[EVENTS];
      for (int i = 0; i < EVENTS; i++) {
        long begun = System.nanoTime();
        publish("event " + i);
        assertEquals("data: event " + i + "\n\n", chunk(client));
        nanos[i] = System.nanoTime() - begun;
      }
      Arrays.sort(nanos);
      long median = TimeUnit.NANOSECONDS.toMillis(nanos[EVENTS / 2]);
      assertTrue(median < EVENT_MILLIS, "an event takes " + median + " ms");
    }
  }

  final void publish(String event) throws Exception {
    ask(application, request("POST", "/publish", "Content-Length: " + event.length()) + event);
  }

  /// The next piece of data of a chunked answer.
  static String chunk(RawClient client) throws Exception {
    int size = Integer.parseInt(line(client), 16);
    String data = new String(client.exactly(size), UTF_8);
    assertEquals("", line(client));
    return data;
  }

  private static String line(RawClient client) throws Exception {
    var line = new StringBuilder();
    while (!line.toString().endsWith("\r\n")) {
      line.append((char) client.exactly(1)[0]);
    }
    return line.substring(0, line.length() - 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Same: yes", "Transfer-Encoding: chunked"})
  void aLargeUploadArrivesWhole(String framing) throws Exception {
    Path large = site.root().resolve("large.iso");
    String said = Curl.text("-T", "" + large, "-H", framing, "-X", "POST", Curl.url(us, "/digest"));
    assertEquals(Curl.of(large).toString(), said);
  }

  @Test
  void anUploadThatAsksFirstArrivesWhole() throws Exception {
    Path large = site.root().resolve("large.iso");
    String said =
        Curl.text(
            "-T",
            "" + large,
            "-i",
            "--expect100-timeout",
            "20",
            "-H",
            "Expect: 100-continue",
            Curl.url(us, "/digest"));
    assertTrue(said.startsWith("HTTP/1.1 100 "), said);
    assertTrue(said.endsWith(Curl.of(large).toString()), said);
  }

  @Test
  void trailersArriveBothWays() throws Exception {
    String request =
        request("POST", "/trailers", "TE: trailers", "Trailer: X-Sum", "Transfer-Encoding: chunked")
            + "3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n";
    try (var client = new RawClient(us)) {
      client.send(request);
      assertTrue(client.head().startsWith("HTTP/1.1 200"));
      var data = new StringBuilder();
      for (String piece = chunkOrEnd(client); !piece.isEmpty(); piece = chunkOrEnd(client)) {
        data.append(piece);
      }
      assertTrue(data.toString().startsWith("3 "), data::toString);
      assertEquals("x-sum-back: 6", line(client).toLowerCase(java.util.Locale.ROOT));
      assertEquals("", line(client));
    }
  }

  /// Empty at the last chunk, whose trailers follow.
  private static String chunkOrEnd(RawClient client) throws Exception {
    int size = Integer.parseInt(line(client), 16);
    String data = new String(client.exactly(size), UTF_8);
    return size == 0 || line(client).isEmpty() ? data : "no end of a chunk";
  }

  /// Through a client address that is not ours: a trusted balancer tells it to us.
  @Test
  void theApplicationSeesTheRealClient() throws Exception {
    assertEquals("127.0.0.1 http front.test", ask(us, get("/address")).text());
    try (var trusting =
        FrontServer.start(
            engine, site.root(), List.of("clientport=" + application, "trust=127.0.0.1"))) {
      Answer answer =
          ask(
              trusting.port(),
              get(
                  "/address",
                  "X-Forwarded-For: 198.51.100.7",
                  "X-Forwarded-Proto: https",
                  "Forwarded: for=198.51.100.7;proto=https"));
      assertEquals("198.51.100.7 https front.test", answer.text());
    }
  }
}
