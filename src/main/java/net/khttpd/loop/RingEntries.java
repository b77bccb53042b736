package net.khttpd.loop;

import net.khttpd.kernel.Ring;
import net.khttpd.kernel.RingOperation;

/// What is queued in a ring, and how its completion finds back: `user_data` is the operation in the
/// top byte over the slot's tag. Used by the loop's thread.
final class RingEntries {
  // What a completion is about.
  static final int RECEIVE = 1;
  static final int SEND = 2;
  static final int WRITABLE = 3;
  static final int CONNECT = 4;
  static final int ACCEPT = 5;
  static final int WAKE = 6;
  static final int IGNORED = 7;

  private final Ring ring;
  private final Slots slots;

  RingEntries(Ring ring, Slots slots) {
    this.ring = ring;
    this.slots = slots;
  }

  /// An entry for the endpoint's socket, which is in flight from now on.
  long begin(int opcode, int operation, Endpoint endpoint) {
    return begin(opcode, operation, endpoint, endpoint.fd);
  }

  /// As above, for what has no descriptor: `fd` is -1.
  long begin(int opcode, int operation, Endpoint endpoint, int fd) {
    endpoint.inFlight++;
    return ring.next(opcode, fd, tag(operation, slots.tag(endpoint)));
  }

  /// Ends one operation of the endpoint's; its last completion follows.
  void cancel(int operation, Endpoint endpoint) {
    ring.cancel(tag(operation, slots.tag(endpoint)), tag(IGNORED, 0));
  }

  /// Ends all that is in flight of the endpoint's socket.
  void cancelAll(Endpoint endpoint) {
    long entry = ring.next(RingOperation.OP_ASYNC_CANCEL, endpoint.fd, tag(IGNORED, 0));
    ring.operationFlags(entry, RingOperation.CANCEL_FD | RingOperation.CANCEL_ALL);
    ring.flags(entry, RingOperation.SQE_CQE_SKIP_SUCCESS);
  }

  /// Closes the endpoint's socket, of which nothing is in flight.
  void close(Endpoint endpoint) {
    long entry = ring.next(RingOperation.OP_CLOSE, endpoint.fd, tag(IGNORED, 0));
    ring.flags(entry, RingOperation.SQE_CQE_SKIP_SUCCESS);
  }

  static long tag(int operation, long rest) {
    return (long) operation << 56 | rest;
  }

  static int operation(long userData) {
    return (int) (userData >>> 56);
  }
}
