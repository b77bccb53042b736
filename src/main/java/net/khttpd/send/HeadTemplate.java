package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import net.khttpd.http.HttpDate;

/// A response head with everything in it but the date and what becomes of the connection: one copy
/// and two patches make a head of it. That of a file makes the heads of its ranges, too, so that
/// they take no memory of their own. Immutable; shared by all loops.
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
  private static final String LENGTH = "Content-Length: ";
  private static final byte[] LENGTH_FIELD = LENGTH.getBytes(ISO_8859_1);
  private static final byte[] PARTIAL_LINE = "HTTP/1.1 206 Partial Content".getBytes(ISO_8859_1);
  private static final byte[] RANGE_FIELD = "Content-Range: bytes ".getBytes(ISO_8859_1);

  /// Both fields of a range with their line ends, and four numbers.
  private static final int LONGEST_RANGE =
      LENGTH_FIELD.length + RANGE_FIELD.length + 6 + 4 * Decimal.LONGEST;

  private final byte[] bytes;
  private final int statusLength;
  private final int dateAt;

  /// Where Content-Length begins, the last field of [#ofFile]; else where the fields end.
  private final int lengthAt;

  /// @param statusLine without its line end, as `HTTP/1.1 200 OK`
  /// @param fields whole lines with their ends, without Date and Connection
  public HeadTemplate(String statusLine, String fields) {
    this(statusLine, fields, "");
  }

  /// The 200 of a file of this length.
  ///
  /// @param fields as above, without Content-Length
  public static HeadTemplate ofFile(String fields, long length) {
    return ofFile("HTTP/1.1 200 OK", fields, length);
  }

  /// The answer of a file with another status.
  public static HeadTemplate ofFile(String statusLine, String fields, long length) {
    return new HeadTemplate(statusLine, fields, LENGTH + length + "\r\n");
  }

  /// The same with one field line more, before the end of the head.
  ///
  /// @param line with its line end
  public HeadTemplate with(byte[] line) {
    return new HeadTemplate(this, line);
  }

  private HeadTemplate(HeadTemplate of, byte[] line) {
    statusLength = of.statusLength;
    dateAt = of.dateAt;
    int end = of.bytes.length - 2;
    lengthAt = end + line.length; // it is no file's: nobody asks it for a range
    bytes = Arrays.copyOf(of.bytes, of.bytes.length + line.length);
    System.arraycopy(line, 0, bytes, end, line.length);
    bytes[lengthAt] = '\r';
    bytes[lengthAt + 1] = '\n';
  }

  private HeadTemplate(String statusLine, String fields, String lengthField) {
    String start = statusLine + SERVER + DATE;
    statusLength = statusLine.length();
    dateAt = start.length();
    String common = start + " ".repeat(HttpDate.LENGTH) + "\r\n" + fields;
    lengthAt = common.length();
    bytes = (common + lengthField + "\r\n").getBytes(ISO_8859_1);
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
      int rest = statusLength + left;
      MemorySegment.copy(head, 0, out, JAVA_BYTE, offset, statusLength);
      MemorySegment.copy(head, rest, out, JAVA_BYTE, offset + statusLength, head.length - rest);
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

  /// Upper bound of what [#writePartial] writes.
  int maxPartialLength() {
    return bytes.length + PARTIAL_LINE.length + LONGEST_RANGE + LONGEST_TAIL;
  }

  /// Writes the head of a 206 with one range of the file whose 200 this is: one of [#ofFile], or it
  /// would have two lengths.
  int writePartial(
      MemorySegment out,
      long offset,
      boolean named,
      Persistence persistence,
      MemorySegment date,
      long first,
      long length,
      long size) {
    if (lengthAt + 2 == bytes.length) {
      throw new AssertionError("a range of an answer that has no file's head");
    }
    long at = put(PARTIAL_LINE, out, offset);
    int from = named ? statusLength : statusLength + SERVER.length();
    int common = lengthAt - from;
    MemorySegment.copy(bytes, from, out, JAVA_BYTE, at, common);
    MemorySegment.copy(date, 0, out, at + dateAt - from, HttpDate.LENGTH);
    at = put(RANGE_FIELD, out, at + common);
    at = Decimal.write(first, out, at);
    out.set(JAVA_BYTE, at++, (byte) '-');
    at = Decimal.write(first + length - 1, out, at);
    out.set(JAVA_BYTE, at++, (byte) '/');
    at = putLineEnd(out, Decimal.write(size, out, at));
    at = put(LENGTH_FIELD, out, at);
    at = putLineEnd(out, Decimal.write(length, out, at));
    return (int) (put(persistence.tail, out, at) - offset);
  }

  private static long put(byte[] octets, MemorySegment out, long at) {
    MemorySegment.copy(octets, 0, out, JAVA_BYTE, at, octets.length);
    return at + octets.length;
  }

  private static long putLineEnd(MemorySegment out, long at) {
    out.set(JAVA_BYTE, at, (byte) '\r');
    out.set(JAVA_BYTE, at + 1, (byte) '\n');
    return at + 2;
  }
}
