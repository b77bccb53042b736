package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusTest {
  @Test
  void aStatusLineNamesVersionCodeAndReason() {
    byte[] line = Status.URI_TOO_LONG.line();
    assertEquals("HTTP/1.1 414 URI Too Long\r\n", new String(line, StandardCharsets.US_ASCII));
  }

  @Test
  void codesStandInOrderAndOnce() {
    int last = 99;
    for (Status status : Status.values()) {
      assertTrue(status.code() > last && status.code() < 600, status::name);
      last = status.code();
    }
  }
}
