package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import net.khttpd.loop.Buffers;
import org.jspecify.annotations.Nullable;

/// Bytes gathered for one send, in a pooled buffer that grows while it is being filled. Owns the
/// buffer until [#clear] or [#detach]; must not be touched while the bytes are in flight.
///
/// Used by one loop's thread. Bounded by [Buffers#LARGEST].
final class Output {
  private static final byte[] CRLF = ascii("\r\n");
  private static final int CHUNK_LINE = 24;

  private final Buffers buffers;
  private @Nullable MemorySegment buffer;
  private int start;
  private int end;

  Output(Buffers buffers) {
    this.buffers = buffers;
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  boolean isEmpty() {
    return end == start;
  }

  int length() {
    return end - start;
  }

  /// Where the first byte lies in [#bytes].
  int start() {
    return start;
  }

  /// The buffer; only while not empty.
  MemorySegment bytes() {
    MemorySegment held = buffer;
    if (held == null) {
      throw new AssertionError("no output is held");
    }
    return held;
  }

  /// Makes room for `room` bytes more.
  MemorySegment reserve(int room) {
    MemorySegment held = buffer;
    if (held != null && end + room <= held.byteSize()) {
      return held;
    }
    MemorySegment larger = buffers.take(end + room);
    if (held != null) {
      MemorySegment.copy(held, 0, larger, 0, end);
      buffers.giveBack(held);
    }
    buffer = larger;
    return larger;
  }

  void put(byte[] bytes) {
    MemorySegment to = reserve(bytes.length);
    MemorySegment.copy(bytes, 0, to, JAVA_BYTE, end, bytes.length);
    end += bytes.length;
  }

  void put(byte[] bytes, int length) {
    MemorySegment to = reserve(length);
    MemorySegment.copy(bytes, 0, to, JAVA_BYTE, end, length);
    end += length;
  }

  void put(MemorySegment from, long offset, int length) {
    MemorySegment to = reserve(length);
    MemorySegment.copy(from, offset, to, end, length);
    end += length;
  }

  void put(int octet) {
    reserve(1).set(JAVA_BYTE, end, (byte) octet);
    end++;
  }

  void line() {
    put(CRLF);
  }

  /// A number of 0 or more in decimal digits.
  void decimal(int value) {
    if (value >= 10) {
      decimal(value / 10);
    }
    put('0' + value % 10);
  }

  /// A number of 0 or more in lower-case hexadecimal digits, without leading zeros.
  void hex(int value) {
    if (value >= 16) {
      hex(value >>> 4);
    }
    put(Character.forDigit(value & 15, 16));
  }

  /// One chunk (RFC 9112 §7.1) with these bytes, at least one.
  void chunk(MemorySegment from, long offset, int length) {
    reserve(length + CHUNK_LINE);
    hex(length);
    line();
    put(from, offset, length);
    line();
  }

  /// Takes a filled buffer over instead of copying it; only while empty.
  void adopt(MemorySegment filled, int offset, int length) {
    clear();
    buffer = filled;
    start = offset;
    end = offset + length;
  }

  /// Gives the buffer away: to whoever outlives what is in flight.
  @Nullable MemorySegment detach() {
    MemorySegment held = buffer;
    buffer = null;
    start = 0;
    end = 0;
    return held;
  }

  /// Goes on with a copy, and gives the buffer away that is in flight.
  @Nullable MemorySegment fork() {
    int from = start;
    int length = length();
    MemorySegment held = detach();
    if (held != null) {
      put(held, from, length);
    }
    return held;
  }

  void clear() {
    MemorySegment held = detach();
    if (held != null) {
      buffers.giveBack(held);
    }
  }
}
