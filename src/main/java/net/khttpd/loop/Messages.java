package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import net.khttpd.kernel.MessageHeader;

/// The message headers of one loop: as many as gathered sends have been under way at once. One that
/// is in flight belongs to its endpoint. Used by the loop's thread.
final class Messages {
  private final ArrayDeque<MessageHeader> free = new ArrayDeque<>();

  /// Gives the endpoint a header that points to head and body.
  MessageHeader take(
      Endpoint endpoint,
      MemorySegment head,
      long headOffset,
      int headLength,
      MemorySegment body,
      long bodyOffset,
      int bodyLength) {
    MessageHeader message = free.poll();
    if (message == null) {
      message = new MessageHeader();
    }
    message.point(head, headOffset, headLength, body, bodyOffset, bodyLength);
    endpoint.message = message;
    return message;
  }

  /// Takes the endpoint's header back, if it has one; no send of it may be in flight.
  void giveBack(Endpoint endpoint) {
    MessageHeader message = endpoint.message;
    if (message != null) {
      endpoint.message = null;
      free.push(message);
    }
  }

  /// Frees those that are not in flight.
  void free() {
    free.forEach(MessageHeader::free);
  }
}
