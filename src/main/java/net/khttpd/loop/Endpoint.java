package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One socket of a loop: a client's connection or one to a backend.
///
/// The engine calls the protected methods on the loop's thread, never from inside a call that the
/// endpoint itself makes, and never after [Engine#close]. At most one receive and one send are
/// under way at a time.
public abstract class Endpoint extends Timed {
  /// How bytes are taken from the socket.
  enum Receiving {
    NONE,
    /// one delivery in the engine's buffer
    ONCE,
    /// deliveries in the engine's buffers until stopped
    CONTINUOUS,
    /// one delivery into the endpoint's own buffer
    INTO,
    /// nothing is taken, but told that there is something
    READY,
    /// none: the endpoint is told when it can read by itself
    READABLE
  }

  // The engine's, named for their meaning in both of them.
  int fd = -1;
  int slot = -1;
  int inFlight;
  boolean closing;
  boolean detaching;
  Receiving receiving = Receiving.NONE;
  boolean stopping;
  @Nullable MemorySegment into;
  long intoOffset;
  int intoLength;
  int lowWater;
  @Nullable MemorySegment sending;
  long sendOffset;
  int sendLeft;
  int sendTotal;
  int sendFlags;
  net.khttpd.kernel.@Nullable MessageHeader message;
  boolean awaitsRoom;
  int rests;
  boolean connecting;
  boolean connectedAtOnce;
  int connectResult;
  boolean readable;
  boolean writable;
  boolean ended; // or urgent data was announced: a short read does not mean that all is read
  boolean news; // the kernel has spoken since the endpoint was last told that there is input
  boolean queued;

  /// The descriptor, for calls that leave the engine's business alone (getpeername, shutdown).
  public final int descriptor() {
    return fd;
  }

  /// Bytes that the kernel took of a send that never came to its end.
  public final int sentInVain() {
    return sendTotal - sendLeft;
  }

  /// Whether a receive is under way.
  public final boolean receiving() {
    return receiving != Receiving.NONE;
  }

  /// Whether [Engine#awaitInput] is under way.
  public final boolean awaitsInput() {
    return receiving == Receiving.READY;
  }

  /// `length` bytes have come; 0: the peer has ended its side; negative: `-errno`. The bytes are
  /// valid during the call only, unless they lie in the endpoint's own buffer.
  protected abstract void received(MemorySegment buffer, long offset, int length);

  /// What [Engine#awaitInput] waited for is there; perhaps not, so look.
  ///
  /// @param ended the peer has ended its side or is gone: no more will come than lies there
  protected void inputReady(boolean ended) {
    throw new AssertionError("nobody waits for input without receiving it");
  }

  /// There is something to read, as [Engine#awaitReadable] awaited.
  protected void readable() {
    throw new AssertionError("nobody has asked for it");
  }

  /// The receive that [Engine#stopReceiving] ended is over: nothing more will be delivered.
  protected abstract void receivingStopped();

  /// A send that was pending is over: bytes sent, `-errno`, or [Engine#ROOM] after a sendFile.
  protected abstract void sent(long result);

  /// A connect is over: 0 or `-errno`.
  protected abstract void connected(int result);

  /// The endpoint is out of the loop ([Engine#detach]): nothing of it is in flight, the engine
  /// knows it no more, and the open descriptor is the endpoint's own.
  protected abstract void detached(int descriptor);

  /// The descriptor is closed and nothing of the endpoint is in flight: buffers may be given back.
  protected abstract void closed();
}
