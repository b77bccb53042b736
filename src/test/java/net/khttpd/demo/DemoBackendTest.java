package net.khttpd.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The backend through its own front door.
final class DemoBackendTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-22T20:00:00Z"), ZoneOffset.UTC);

  private DemoSite site;
  private DemoBackend backend;

  @BeforeEach
  void start() throws IOException {
    site = DemoSite.unpack();
    backend = DemoBackend.start(site.root(), CLOCK);
  }

  @AfterEach
  void stop() throws IOException {
    backend.close();
    site.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/app/time, 200, application/json",
    "/app/headers, 200, application/json",
    "/app/seen, 200, application/json",
    "/app/slow?seconds=0, 200, application/json",
    "/app/stream?n=1, 200, text/event-stream",
    "/app/echo, 405, text/html; charset=utf-8",
    "/, 200, text/html; charset=utf-8",
    "/site.css?v=2, 200, text/css",
    "/app/timetable, 404, text/html; charset=utf-8",
    "/no/such/page, 404, text/html; charset=utf-8",
    "/../../etc/passwd, 404, text/html; charset=utf-8"
  })
  void everyAddressAnswers(String target, int status, String type) throws IOException {
    HttpURLConnection answer = get(target, "*/*");
    assertEquals(status, answer.getResponseCode());
    assertEquals(type, answer.getContentType());
    assertEquals("demo-backend", answer.getHeaderField("Server"));
    assertEquals("demo-backend", answer.getHeaderField("Server-Timing"));
  }

  @Test
  void theTimeIsTheClocks() throws IOException {
    assertTrue(body(get("/app/time", "*/*")).contains("\"time\":\"2026-11-22T20:00:00Z\""));
  }

  @Test
  void aBrowserGetsAPageInTheSitesLook() throws IOException {
    String page = body(get("/app/headers", "text/html,*/*;q=0.8"));
    assertTrue(page.startsWith("<!doctype html>"));
    assertTrue(page.contains("href=\"/site.css\""));
    assertFalse(page.contains("{{"));
  }

  @Test
  void whatAClientSendsIsEscaped() throws IOException {
    HttpURLConnection request = open("/app/headers", "text/html");
    request.setRequestProperty("X-Mark", "<b>&\"</b>");
    String page = body(request);
    assertTrue(page.contains("&lt;b&gt;&amp;&quot;&lt;/b&gt;"), page);
    String nothing = body(get("/%3Cscript%3E", "*/*"));
    assertTrue(nothing.contains("&lt;script&gt;"), nothing);
  }

  @Test
  void theFieldsARelayAddsAreShown() throws IOException {
    HttpURLConnection request = open("/app/headers", "*/*");
    request.setRequestProperty("X-Forwarded-For", "192.0.2.7");
    assertTrue(body(request).contains("\"X-forwarded-for\":\"192.0.2.7\""));
  }

  @Test
  void anUploadIsCountedAndDigested() throws IOException {
    HttpURLConnection request = open("/app/echo", "*/*");
    request.setDoOutput(true);
    request.setChunkedStreamingMode(1000);
    request.getOutputStream().write(new byte[300_000]);
    String answer = body(request);
    assertTrue(answer.contains("\"bytes\":300000,"), answer);
    // sha256sum of 300,000 zero bytes
    assertTrue(answer.contains(digestOfZeros()), answer);
  }

  @Test
  void theStreamEndsAfterTheTicksAskedFor() throws IOException {
    String ticks = body(get("/app/stream?n=3&every=10", "*/*"));
    assertEquals(3, ticks.lines().filter(line -> line.startsWith("data:")).count());
    assertTrue(ticks.contains("\"tick\":3,\"of\":3"));
  }

  @Test
  void theJournalNamesWhatCameAndNotItself() throws IOException {
    body(get("/app/time?x=1", "*/*"));
    body(get("/app/seen", "*/*"));
    String journal = body(get("/app/seen", "*/*"));
    assertEquals(
        "{\"total\":1,\"last\":[{\"n\":1,\"method\":\"GET\",\"target\":\"/app/time?x=1\"}]}\n",
        journal);
  }

  @Test
  void aFilePassedOnIsTheSameBytes() throws IOException {
    HttpURLConnection answer = get("/pictures/ridges-480.webp?size=full", "*/*");
    try (InputStream in = answer.getInputStream()) {
      assertArrayEquals(
          Files.readAllBytes(site.root().resolve("pictures/ridges-480.webp")), in.readAllBytes());
    }
  }

  @Test
  void headHasTheLengthAndNoBody() throws IOException {
    HttpURLConnection request = open("/site.js", "*/*");
    request.setRequestMethod("HEAD");
    assertEquals(Files.size(site.root().resolve("site.js")), request.getContentLengthLong());
    assertEquals("", body(request));
    assertNull(request.getHeaderField("Transfer-Encoding"));
  }

  private static String digestOfZeros() throws IOException {
    try {
      byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(new byte[300_000]);
      return java.util.HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IOException(e);
    }
  }

  private HttpURLConnection get(String target, String accept) throws IOException {
    HttpURLConnection request = open(target, accept);
    request.connect();
    return request;
  }

  private HttpURLConnection open(String target, String accept) throws IOException {
    var url = URI.create("http://127.0.0.1:" + backend.port() + target).toURL();
    HttpURLConnection request = (HttpURLConnection) url.openConnection();
    request.setConnectTimeout(5_000);
    request.setReadTimeout(10_000);
    request.setRequestProperty("Accept", accept);
    return request;
  }

  private static String body(HttpURLConnection answer) throws IOException {
    try (InputStream in =
        answer.getResponseCode() < 400 ? answer.getInputStream() : answer.getErrorStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
