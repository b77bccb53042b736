package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import net.khttpd.kernel.SocketAddress;

/// The kernel as one loop sees it: io_uring or epoll. Used by the loop's thread only.
///
/// A turn is [#await], which waits, then [#dispatch], which calls the endpoints. Sends answer at
/// once where the kernel does, else with [#PENDING] and a later [Endpoint#sent].
public sealed interface Engine extends AutoCloseable permits RingEngine, EpollEngine {
  /// The result comes later.
  long PENDING = Long.MIN_VALUE;

  /// The socket of a [#sendFile] that was pending has room again.
  long ROOM = Long.MIN_VALUE + 1;

  /// As in the setting `engine`: `io_uring` or `epoll`.
  String name();

  /// Accepts connections until told to stop; announces them to the listener.
  void listen(Listener listener);

  /// Ends [#listen]; [Listener#listeningStopped] follows.
  void stopListening(Listener listener);

  /// A new stream socket fit for [#connect], or `-errno`.
  int socket(int family);

  /// Takes a connected or connecting socket into the loop; the engine owns `fd` until it closes it.
  /// 0 or `-errno` (the descriptor is then still the caller's).
  int adopt(Endpoint endpoint, int fd);

  /// Connects an adopted socket; [Endpoint#connected] follows. The address must stay allocated
  /// until then.
  void connect(Endpoint endpoint, SocketAddress address);

  /// Delivers what comes, in the engine's buffers, until stopped, ended or failed.
  void receive(Endpoint endpoint);

  /// Delivers once, in the engine's buffer.
  void receiveOnce(Endpoint endpoint);

  /// Delivers once, into the endpoint's own buffer, which must stay allocated until then.
  void receiveInto(Endpoint endpoint, MemorySegment buffer, long offset, int length);

  /// Tells once, by [Endpoint#inputReady], that more than `known` bytes lie in the socket, or that
  /// its peer is gone; takes none of them. It is a receive to [#stopReceiving].
  ///
  /// @param looked the caller has just found that there are no more than these
  void awaitInput(Endpoint endpoint, int known, boolean looked);

  /// Ends a receive. True: it is over already; false: [Endpoint#receivingStopped] follows, perhaps
  /// after a last delivery.
  boolean stopReceiving(Endpoint endpoint);

  /// Sends all of `length` bytes, which must not change until done: `length`, `-errno` or
  /// [#PENDING]. `more`: the rest of the message follows at once (MSG_MORE).
  long send(Endpoint endpoint, MemorySegment bytes, long offset, int length, boolean more);

  /// Sends two pieces as one: their sum, `-errno` or [#PENDING].
  long send(
      Endpoint endpoint,
      MemorySegment head,
      long headOffset,
      int headLength,
      MemorySegment body,
      long bodyOffset,
      int bodyLength);

  /// Sends at most `count` bytes of a file, as many as the socket takes now: bytes sent (0: the
  /// file ends there), `-errno` or [#PENDING] if it takes none; then [#ROOM] follows, and the
  /// caller decides how much it sends when.
  long sendFile(Endpoint endpoint, int file, long offset, long count);

  /// Calls [Endpoint#readable] once, when there is something to read, be it an end or an error:
  /// then the endpoint reads by itself, with splice(2). Ended by [#stopReceiving] like a receive.
  ///
  /// @param dry a read has found nothing just now; else what is there is told in the next turn
  void awaitReadable(Endpoint endpoint, boolean dry);

  /// A write by splice(2) has found the socket full: `sent` is told [#ROOM].
  void awaitRoom(Endpoint endpoint);

  /// shutdown(2) of the sending side: the peer reads the end of the stream.
  void shutdownSending(Endpoint endpoint);

  /// Cancels what is in flight, closes the descriptor, then calls [Endpoint#closed]. `reset`: the
  /// peer gets a reset instead of an end, because what it has of an answer is not whole.
  void close(Endpoint endpoint, boolean reset);

  /// Takes the endpoint out of the loop without closing its descriptor: [Endpoint#detached]
  /// follows, perhaps after last deliveries, unless it is closed before that. Nothing but a receive
  /// may be under way, or a [#sendFile] that waits for room: that has sent nothing, and is
  /// forgotten.
  void detach(Endpoint endpoint);

  /// Waits for something to do, at most `timeoutNanos` (negative: for ever).
  void await(long timeoutNanos);

  /// Hands out what [#await] found.
  void dispatch();

  /// Endpoints that are not closed yet.
  int live();

  /// Calls into the kernel so far.
  long calls();

  /// Ends the engine. Memory that the kernel may still write to, because an endpoint is not closed,
  /// is not freed.
  @Override
  void close();
}
