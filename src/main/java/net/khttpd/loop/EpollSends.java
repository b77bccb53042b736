package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.MessageHeader;
import net.khttpd.kernel.Sockets;

/// The sends of the epoll engine: tried at once; what finds the socket full goes on when an edge
/// says that there is room. Used by the loop's thread.
final class EpollSends {
  private static final long PENDING = Engine.PENDING;

  private final Sockets sockets;
  private final Messages messages = new Messages();
  private long calls;

  EpollSends(Sockets sockets) {
    this.sockets = sockets;
  }

  long send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more) {
    endpoint.sendFlags = more ? Sockets.MSG_MORE : 0;
    calls++;
    int sent = sockets.send(endpoint.fd, bytes, offset, length, endpoint.sendFlags);
    if (sent == length || (sent < 0 && sent != -Errno.EAGAIN && sent != -Errno.EINTR)) {
      return sent;
    }
    sent = Math.max(sent, 0);
    endpoint.writable = false;
    endpoint.sending = bytes;
    endpoint.sendOffset = offset + sent;
    endpoint.sendLeft = length - sent;
    endpoint.sendTotal = length;
    return PENDING;
  }

  long send(
      Endpoint endpoint,
      MemorySegment head,
      long headOffset,
      int headLength,
      MemorySegment body,
      long bodyOffset,
      int bodyLength) {
    MessageHeader message =
        messages.take(endpoint, head, headOffset, headLength, body, bodyOffset, bodyLength);
    endpoint.sendFlags = 0;
    calls++;
    int total = headLength + bodyLength;
    int sent = sockets.send(endpoint.fd, message, 0);
    if (sent == total || (sent < 0 && sent != -Errno.EAGAIN && sent != -Errno.EINTR)) {
      messages.giveBack(endpoint);
      return sent;
    }
    sent = Math.max(sent, 0);
    message.advance(sent);
    endpoint.writable = false;
    endpoint.sendLeft = total - sent;
    endpoint.sendTotal = total;
    return PENDING;
  }

  long sendFile(Endpoint endpoint, int file, long offset, long count) {
    calls++;
    long sent = sockets.sendFile(endpoint.fd, file, offset, count);
    if (sent != -Errno.EAGAIN) {
      return sent;
    }
    awaitRoom(endpoint);
    return PENDING;
  }

  /// A write has found the socket full: [Engine#ROOM] is told.
  void awaitRoom(Endpoint endpoint) {
    endpoint.writable = false;
    endpoint.awaitsRoom = true;
  }

  /// Goes on with a send that found the socket full.
  void resume(Endpoint endpoint) {
    MemorySegment bytes = endpoint.sending;
    MessageHeader message = endpoint.message;
    if (endpoint.awaitsRoom) {
      endpoint.awaitsRoom = false;
      endpoint.sent(Engine.ROOM);
    } else if (message != null) {
      calls++;
      resumed(endpoint, sockets.send(endpoint.fd, message, endpoint.sendFlags));
    } else if (bytes != null) {
      calls++;
      resumed(
          endpoint,
          sockets.send(
              endpoint.fd, bytes, endpoint.sendOffset, endpoint.sendLeft, endpoint.sendFlags));
    }
  }

  private void resumed(Endpoint endpoint, int sent) {
    if (sent == -Errno.EAGAIN || sent == -Errno.EINTR) {
      endpoint.writable = false;
    } else if (sent >= 0 && sent < endpoint.sendLeft) {
      endpoint.writable = false;
      endpoint.sendOffset += sent;
      endpoint.sendLeft -= sent;
      MessageHeader message = endpoint.message;
      if (message != null) {
        message.advance(sent);
      }
    } else {
      endpoint.sending = null;
      endpoint.sendLeft = sent < 0 ? endpoint.sendLeft : endpoint.sendTotal; // nothing in vain
      messages.giveBack(endpoint);
      endpoint.sent(sent < 0 ? sent : endpoint.sendTotal);
    }
  }

  /// The endpoint is closed.
  void over(Endpoint endpoint) {
    messages.giveBack(endpoint);
  }

  long calls() {
    return calls;
  }

  void free() {
    messages.free();
  }
}
