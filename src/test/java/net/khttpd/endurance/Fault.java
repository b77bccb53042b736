package net.khttpd.endurance;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.BackendConnection;
import net.khttpd.frontdoor.harness.RecordingBackend.Script;

/// A way in which a backend fails, and what its clients are told within their deadline.
///
/// @param outcome what is right for them
record Fault(String name, Outcome outcome, Script script) {
  /// What a client gets.
  enum Outcome {
    /// 502 of ours.
    BAD_GATEWAY,
    /// 504 of ours.
    GATEWAY_TIMEOUT,
    /// The answer begins and is cut, so that the part is not taken for the whole.
    CUT,
    /// The whole answer, late.
    WHOLE
  }

  /// Of the server under test (`timeout_backend`).
  static final int SILENCE_MILLIS = 500;

  private static final int DRIP_MILLIS = 150;
  private static final int DRIPS = 8;
  private static final int TOO_SLOW_MILLIS = 900;
  private static final long GARBAGE = 10L << 30;
  private static final String LENGTH = "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String WHOLE = LENGTH + "01234567890123456789";

  static List<Fault> all() {
    return List.of(
        new Fault("ends at once", Outcome.BAD_GATEWAY, c -> {}),
        new Fault("resets at once", Outcome.BAD_GATEWAY, BackendConnection::reset),
        new Fault("ends after the request", Outcome.BAD_GATEWAY, c -> c.read()),
        new Fault("resets after the request", Outcome.BAD_GATEWAY, c -> part(c, "", true)),
        new Fault("ends within the head", Outcome.BAD_GATEWAY, c -> part(c, "HTTP/1.1 2", false)),
        new Fault("resets within a field", Outcome.BAD_GATEWAY, c -> part(c, cut(25), true)),
        new Fault("ends before the body", Outcome.CUT, c -> part(c, LENGTH, false)),
        new Fault("ends within the body", Outcome.CUT, c -> part(c, LENGTH + "0123", false)),
        new Fault("ends within a chunk", Outcome.CUT, c -> part(c, CHUNKED + "a\r\n0123", false)),
        new Fault("ends between chunks", Outcome.CUT, c -> part(c, CHUNKED + "2\r\n01\r\n", false)),
        new Fault("ends after the body", Outcome.WHOLE, c -> part(c, WHOLE, false)),
        new Fault("accepts and is silent", Outcome.GATEWAY_TIMEOUT, BackendConnection::stall),
        new Fault("is silent after the request", Outcome.GATEWAY_TIMEOUT, c -> silent(c, "")),
        new Fault("is silent within the head", Outcome.GATEWAY_TIMEOUT, c -> silent(c, cut(30))),
        new Fault("is silent within the body", Outcome.CUT, c -> silent(c, LENGTH + "0")),
        new Fault("answers garbage", Outcome.BAD_GATEWAY, c -> garbage(c, 64 << 10)),
        new Fault("answers 10 GB of garbage", Outcome.BAD_GATEWAY, c -> garbage(c, GARBAGE)),
        new Fault("answers a head of 10 GB", Outcome.BAD_GATEWAY, Fault::endlessHead),
        new Fault("answers 10 GB of 1xx", Outcome.BAD_GATEWAY, Fault::endlessInterims),
        new Fault("drips within its time", Outcome.WHOLE, Fault::drips),
        new Fault("drips too slowly", Outcome.GATEWAY_TIMEOUT, Fault::dripsTooSlowly));
  }

  private static String cut(int length) {
    return (LENGTH + "x".repeat(length)).substring(0, length);
  }

  private static void part(BackendConnection c, String part, boolean reset) throws IOException {
    c.read();
    c.send(part);
    if (reset) {
      c.reset();
    }
  }

  private static void silent(BackendConnection c, String part)
      throws IOException, InterruptedException {
    c.read();
    c.send(part);
    c.stall();
  }

  private static void garbage(BackendConnection c, long length) throws IOException {
    c.read();
    byte[] piece = new byte[64 << 10];
    new Random(length).nextBytes(piece);
    for (long left = length; left > 0; left -= piece.length) {
      c.send(piece);
    }
    c.awaitEnd();
  }

  private static void endlessHead(BackendConnection c) throws IOException {
    c.read();
    c.send("HTTP/1.1 200 OK\r\n");
    String field = "X-Again: " + "y".repeat(64 << 10) + "\r\n";
    for (long left = GARBAGE; left > 0; left -= field.length()) {
      c.send(field);
    }
  }

  private static void endlessInterims(BackendConnection c) throws IOException {
    c.read();
    String interims = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1_000);
    for (long left = GARBAGE; left > 0; left -= interims.length()) {
      c.send(interims);
    }
  }

  private static void drips(BackendConnection c) throws IOException, InterruptedException {
    c.read();
    for (int at = 0; at < DRIPS; at++) {
      c.send(WHOLE.substring(at, at + 1));
      pause(DRIP_MILLIS);
    }
    c.send(WHOLE.substring(DRIPS));
  }

  private static void dripsTooSlowly(BackendConnection c) throws IOException, InterruptedException {
    c.read();
    for (int at = 0; at < WHOLE.length(); at++) {
      c.send(WHOLE.substring(at, at + 1));
      pause(TOO_SLOW_MILLIS);
    }
  }

  /// Slowness is what this backend is there for.
  private static void pause(int millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }

  @Override
  public String toString() {
    return name;
  }
}
