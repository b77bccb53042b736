package net.khttpd.client;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.kernel.Memory;
import org.jspecify.annotations.Nullable;

/// Heads of requests that are needed once more when their bytes have gone: kept as a copy, and
/// parsed anew. Used by one loop; owns the memory in which the last one lies.
public final class HeadAgain {
  /// What has been taken once is taken again, whatever the limits are now.
  private static final int LIMIT = 1 << 24;

  private final RequestParser parser = new RequestParser(LIMIT, LIMIT, LIMIT);
  private @Nullable MemorySegment bytes;

  /// The octets of a whole head.
  public static byte[] copy(RequestHead head) {
    byte[] kept = new byte[head.length()];
    MemorySegment.copy(head.bytes(), JAVA_BYTE, head.base(), kept, 0, kept.length);
    return kept;
  }

  /// The head of these octets, valid until the next call.
  public RequestHead read(byte[] kept) {
    MemorySegment room = bytes;
    if (room == null || room.byteSize() < kept.length) {
      free();
      room = Memory.allocate(Math.max(4096, kept.length));
      bytes = room;
    }
    MemorySegment.copy(kept, 0, room, JAVA_BYTE, 0, kept.length);
    parser.reset();
    if (parser.parse(room, 0, kept.length) != kept.length) {
      throw new AssertionError("a head that was whole is not");
    }
    return parser.head();
  }

  /// Gives the memory back.
  public void free() {
    MemorySegment room = bytes;
    if (room != null) {
      Memory.free(room);
      bytes = null;
    }
  }
}
