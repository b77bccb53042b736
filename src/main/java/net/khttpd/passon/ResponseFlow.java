package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.http.FileOrder;
import net.khttpd.http.Method;
import net.khttpd.kernel.Errno;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.settings.OrderSettings;
import org.jspecify.annotations.Nullable;

/// The direction from backend to client of one [Relay]. A small response comes in one delivery and
/// leaves in one send; a longer one alternates between two buffers: the next piece is received
/// while the last is being sent, and never more.
final class ResponseFlow {
  private static final int PIECE_BYTES = Download.HEAD_BYTES;

  /// A delivery of so much, as the engine's buffers hold, promises more: the next goes into a
  /// buffer of our own. After less, none is held while nothing comes.
  static final int BULK_BYTES = 4096;

  private final Relay relay;
  private final Ending ending;
  private final PassOn passOn;
  private final Limits limits;
  private final Engine engine;
  private final Buffers buffers;
  private final Connections connections;
  private final Counters counters;
  private final Output out;
  private final Download download;
  private final Splice splice;

  /// Received into, or what was received and cannot be taken yet, or the beginning of a head.
  private @Nullable MemorySegment in;

  private int inLength;
  private boolean receivingIn;
  private boolean held;
  private boolean endHeld;
  private boolean inFlight;
  private boolean begun;
  private boolean bulk;
  private boolean over;

  ResponseFlow(Relay relay, PassOn passOn, Ending ending) {
    this.ending = ending;
    this.relay = relay;
    this.passOn = passOn;
    this.limits = passOn.limits();
    this.engine = passOn.engine();
    this.buffers = passOn.buffers();
    this.connections = passOn.connections();
    this.counters = passOn.counters();
    this.out = new Output(buffers);
    OrderSettings orders = limits.orders();
    this.download = new Download(out, orders.sendfile(), orders.accel());
    this.splice = new Splice(engine, passOn.pipes());
  }

  void begin(Method method, int minorVersion) {
    download.begin(method, minorVersion);
    inLength = 0;
    receivingIn = false;
    held = false;
    endHeld = false;
    inFlight = false;
    begun = false;
    bulk = false;
    over = false;
  }

  /// Whether nothing of ours or of earlier answers is on the way to the client.
  static boolean isFree(Client client) {
    return !client.sending && client.output == null && client.body == null;
  }

  /// Whether anything of the final response has been given to the client.
  boolean begun() {
    return begun;
  }

  Download download() {
    return download;
  }

  /// Bytes of the backend; taken at once, or kept until the client has taken the last.
  void arrived(MemorySegment bytes, long offset, int length) {
    boolean own = receivingIn;
    receivingIn = false;
    bulk = length >= BULK_BYTES;
    if (!isFree(relay.client())) {
      hold(own, bytes, offset, length);
    } else if (own) {
      take(true, bytes, 0, inLength + length);
    } else {
      take(false, bytes, offset, length);
    }
  }

  /// The backend's side has ended (0) or broken.
  void ended(int result) {
    receivingIn = false;
    if (result == 0 && !isFree(relay.client())) {
      endHeld = true;
    } else if (result == 0 && download.tunnel()) {
      over = true;
      relay.tunnel().backendEnded(relay.client());
    } else if (result == 0 && download.end()) {
      relay.responseReceived(true);
      flush();
    } else {
      relay.backendFault();
    }
  }

  /// The backend's bytes can be spliced: the pipe is empty and the client free.
  void readable() {
    BackendConnection from = relay.connection();
    if (from == null || !isFree(relay.client())) {
      return; // when the client is free, it is asked again
    }
    long taken = splice.fill(from, download.expected());
    if (taken == -Errno.EAGAIN) {
      again(from);
    } else if (taken <= 0) {
      relay.backendFault(); // its end, in the middle of a body of known length
    } else {
      download.sentPlain(taken);
      if (download.complete()) {
        relay.responseReceived(false);
      }
      drain();
    }
  }

  private void drain() {
    Client client = relay.client();
    long result = splice.drain(client);
    counters.add(Counter.BYTES_OUT, splice.drained());
    if (result == Engine.PENDING) {
      client.sending = true;
      connections.deadline(client, limits.sendNanos());
    } else if (result < 0) {
      relay.clientGone();
    } else {
      if (download.complete()) {
        counters.passedOn().outThisTurn(client.begunNanos, 1);
      }
      goOn();
    }
  }

  private void again(BackendConnection from) {
    if (splice.active()) {
      listen(from, true);
    } else {
      arm();
    }
  }

  private void listen(BackendConnection from, boolean dry) {
    relay.touchBackend();
    engine.awaitReadable(from, dry);
  }

  /// The send to the client is over.
  void clientSent(long result) {
    if (splice.waitsForRoom()) {
      drain();
      return;
    }
    if (inFlight) {
      inFlight = false;
      out.clear();
      if (result < 0) {
        relay.clientGone();
        return;
      }
      counters.add(Counter.BYTES_OUT, result);
    }
    MemorySegment kept = in;
    if (held && kept != null) {
      held = false;
      take(true, kept, 0, inLength);
    } else if (endHeld) {
      endHeld = false;
      ended(0);
    } else {
      if (download.complete() && download.order() == null) {
        counters.passedOn().out(relay.client().begunNanos, 1, passOn.nanos());
      }
      goOn();
    }
  }

  /// Whether a send of ours to the client is in flight.
  boolean inFlight() {
    return inFlight;
  }

  /// The end of a send whose exchange is ending.
  void drained(long result) {
    counters.add(Counter.BYTES_OUT, Math.max(result, 0));
    inFlight = false;
    out.clear();
  }

  /// The connection is being left: a buffer that is being received into stays with it.
  void leave(BackendConnection connection) {
    MemorySegment kept = in;
    if (kept == null || held) {
      return;
    }
    if (receivingIn) {
      connection.parkReceive(kept);
    } else {
      buffers.giveBack(kept);
    }
    in = null;
    inLength = 0;
    receivingIn = false;
  }

  /// Gives everything back; what is in flight to the client goes to its own output, which outlives
  /// the flight.
  void release(Client client) {
    if (inFlight) {
      int length = out.length();
      client.output = out.detach();
      client.outputLength = length;
      inFlight = false;
    }
    out.clear();
    splice.end();
    MemorySegment kept = in;
    if (kept != null) {
      buffers.giveBack(kept);
      in = null;
    }
  }

  private void hold(boolean own, MemorySegment bytes, long offset, int length) {
    if (own) {
      inLength += length;
    } else {
      MemorySegment kept = buffers.take(Math.max(PIECE_BYTES, length));
      MemorySegment.copy(bytes, offset, kept, 0, length);
      in = kept;
      inLength = length;
    }
    held = true;
  }

  private void take(boolean own, MemorySegment bytes, long offset, int length) {
    boolean tunnelled = download.tunnel();
    int plain = own && out.isEmpty() ? download.plain(length) : 0;
    int used = plain;
    if (plain > 0) {
      download.sentPlain(plain);
      out.adopt(bytes, (int) offset, plain);
      in = null;
      inLength = 0;
    } else {
      Download.Taken taken = download.take(bytes, offset, length, relay.tunnel());
      used = download.used();
      FileOrder order = download.order();
      if (order != null) {
        ending.order(order);
      }
      if (taken == Download.Taken.FAULT) {
        relay.backendFault();
        return;
      }
      if (download.status() != 0) {
        relay.attempts().answered();
      }
      inLength = 0;
      if (taken == Download.Taken.PART_OF_HEAD) {
        keepRest(own, bytes, offset + used, length - used);
      }
    }
    if (download.complete()) {
      relay.responseReceived(used < length);
    } else if (download.tunnel() && !tunnelled) {
      relay.tunnel().begin();
    }
    flush();
  }

  private void keepRest(boolean own, MemorySegment bytes, long offset, int length) {
    MemorySegment kept = own ? bytes : buffers.take(PIECE_BYTES);
    MemorySegment.copy(bytes, offset, kept, 0, length);
    in = kept;
    inLength = length;
  }

  private void flush() {
    if (!out.isEmpty()) {
      Client client = relay.client();
      begun |= download.status() != 0 && download.order() == null;
      int length = out.length();
      long result = engine.send(client, out.bytes(), out.start(), length, false);
      if (result == Engine.PENDING) {
        client.sending = true;
        inFlight = true;
        if (!download.tunnel()) {
          connections.deadline(client, limits.sendNanos());
        }
        arm();
        return;
      }
      out.clear();
      if (result < 0) {
        relay.clientGone();
        return;
      }
      counters.add(Counter.BYTES_OUT, result);
    }
    if (download.complete() && download.order() == null) {
      counters.passedOn().outThisTurn(relay.client().begunNanos, 1);
    }
    goOn();
  }

  private void goOn() {
    if (download.complete()) {
      relay.responseSent();
    } else {
      arm();
    }
  }

  private boolean beginSplice() {
    return download.expected() >= Splice.LEAST_BYTES && splice.begin();
  }

  private void arm() {
    BackendConnection connection = relay.connection();
    if (connection == null || connection.receiving() || held || endHeld || over) {
      return;
    }
    MemorySegment into = in;
    if (into == null && (splice.active() || beginSplice())) {
      listen(connection, false);
      return;
    }
    if (into == null && !bulk && download.expected() < BULK_BYTES) {
      relay.touchBackend();
      engine.receiveOnce(connection);
      return;
    }
    if (into == null) {
      into = buffers.take(PIECE_BYTES);
      in = into;
      inLength = 0;
    }
    receivingIn = true;
    relay.touchBackend(); // it had no chance to go on while the client was slow
    engine.receiveInto(connection, into, inLength, (int) into.byteSize() - inLength);
  }
}
