package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How long a connection lives: RFC 9112 section 9.3.
final class KeepAliveTest extends FrontDoor {
  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("b.txt", "beta");
  }

  @Test
  void anHttp11ConnectionServesManyRequests() throws Exception {
    RawClient client = connect(server());
    for (int i = 0; i < 100; i++) {
      Answer answer = client.send(Wire.get(i % 2 == 0 ? "/a.txt" : "/b.txt")).read();
      assertEquals(200, answer.status());
      assertEquals(i % 2 == 0 ? "alpha" : "beta", answer.text());
      assertFalse(answer.saysClose());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "CLOSE", "keep-alive, close", "x,close", " close ", "close,"})
  void connectionCloseEndsItAfterTheAnswer(String value) throws Exception {
    RawClient client = connect(server()).send(Wire.get("/a.txt", "Connection: " + value));
    Answer answer = client.read();
    assertEquals("alpha", answer.text());
    assertTrue(answer.saysClose());
    client.assertClosed();
  }

  @ParameterizedTest
  @ValueSource(strings = {"closed", "x-close", "not close"})
  void anotherOptionDoesNotEndIt(String value) throws Exception {
    RawClient client = connect(server()).send(Wire.get("/a.txt", "Connection: " + value));
    assertEquals("alpha", client.read().text());
    assertEquals("beta", client.send(Wire.get("/b.txt")).read().text());
  }

  @Test
  void anHttp10RequestEndsIt() throws Exception {
    RawClient client = connect(server()).send("GET /a.txt HTTP/1.0\r\n\r\n");
    Answer answer = client.read();
    assertEquals("alpha", answer.text());
    assertEquals("5", answer.field("Content-Length").orElseThrow());
    client.assertClosed();
  }

  @Test
  void anHttp10RequestWithKeepAliveDoesNotEndItAndIsToldSo() throws Exception {
    RawClient client = connect(server());
    for (int i = 0; i < 3; i++) {
      client.send("GET /a.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
      Answer answer = client.read();
      assertEquals("alpha", answer.text());
      assertEquals("keep-alive", answer.field("Connection").orElseThrow().toLowerCase());
    }
  }

  @Test
  void itIsToldSoWhereTheBackendIsAbsentToo() throws Exception {
    RawClient client = connect(server("backend=unix:/nowhere/at.all"));
    String request = "GET /x.cgi HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n";
    for (int i = 0; i < 2; i++) {
      Answer answer = client.send(request).read();
      assertEquals(502, answer.status());
      assertEquals("keep-alive", answer.field("Connection").orElseThrow().toLowerCase());
    }
    Answer last = client.send(Wire.get("/x.cgi")).read();
    assertFalse(last.has("Connection"), last::toString);
  }

  @Test
  void requestsSentBeforeTheClientEndedItsSideAreAnswered() throws Exception {
    RawClient client = connect(server());
    client.send(Wire.get("/a.txt") + Wire.get("/b.txt")).endOutput();
    assertEquals("alpha", client.read().text());
    assertEquals("beta", client.read().text());
    client.assertClosed();
  }

  @Test
  void aConnectionWithoutAnyRequestEndsQuietly() throws Exception {
    connect(server()).endOutput().assertClosed();
  }

  @Test
  void oneByteAndAnEndIsNeverAnsweredWithAnotherClientsData() throws Exception {
    connect(server()).send(Wire.get("/a.txt")).read();
    RawClient client = connect(server()).send("G").endOutput();
    String rest = Wire.text(client.toEnd());
    assertTrue(rest.isEmpty() || rest.startsWith("HTTP/1.1 400 "), rest);
  }
}
