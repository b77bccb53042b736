package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import net.khttpd.http.HttpDate;

/// A response head with everything in it but the date and what becomes of the connection: one copy
/// and two patches make a head of it. Immutable; shared by all loops.
public final class HeadTemplate {
  /// What the head says of the connection after this answer.
  public enum Persistence {
    /// HTTP/1.1, goes on: nothing need be said (RFC 9112 §9.3).
    GOES_ON(""),
    CLOSES("Connection: close\r\n"),
    /// HTTP/1.0 that asked for it.
    KEPT_ALIVE("Connection: keep-alive\r\n");

    private final byte[] tail;

    Persistence(String field) {
      tail = (field + "\r\n").getBytes(ISO_8859_1);
    }
  }

  private static final String SERVER = "\r\nServer: khttpd";
  private static final String DATE = "\r\nDate: ";
  private static final int LONGEST_TAIL = 32;

  private final byte[] bytes;
  private final int serverAt;
  private final int dateAt;

  /// @param statusLine without its line end, as `HTTP/1.1 200 OK`
  /// @param fields whole lines with their ends, without Date and Connection
  public HeadTemplate(String statusLine, String fields) {
    serverAt = statusLine.length();
    String start = statusLine + SERVER + DATE;
    dateAt = start.length();
    bytes = (start + " ".repeat(HttpDate.LENGTH) + "\r\n" + fields + "\r\n").getBytes(ISO_8859_1);
  }

  /// Upper bound of what [#write] writes.
  public int maxLength() {
    return bytes.length + LONGEST_TAIL;
  }

  /// Writes the head to `out` and returns its length. `date` holds the 29 bytes of this second.
  ///
  /// @param named whether the head says Server
  int write(
      MemorySegment out, long offset, boolean named, Persistence persistence, MemorySegment date) {
    byte[] head = bytes;
    int left = 0;
    if (named) {
      MemorySegment.copy(head, 0, out, JAVA_BYTE, offset, head.length);
    } else {
      left = SERVER.length();
      int rest = serverAt + left;
      MemorySegment.copy(head, 0, out, JAVA_BYTE, offset, serverAt);
      MemorySegment.copy(head, rest, out, JAVA_BYTE, offset + serverAt, head.length - rest);
    }
    int length = head.length - left;
    MemorySegment.copy(date, 0, out, offset + dateAt - left, HttpDate.LENGTH);
    if (persistence == Persistence.GOES_ON) {
      return length;
    }
    byte[] tail = persistence.tail;
    int body = length - 2;
    MemorySegment.copy(tail, 0, out, JAVA_BYTE, offset + body, tail.length);
    return body + tail.length;
  }
}
