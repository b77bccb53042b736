package net.khttpd.handover;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Exchange;
import net.khttpd.client.RequestId;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Endpoint;
import net.khttpd.loop.Engine;

/// One client's socket on offer; at the same time the connection over which it is offered.
///
/// 1. RESTING: earlier answers leave, and the client's receive comes to its end.
/// 2. OFFERED: descriptor, header and the bytes already read have gone in one message. The receiver
///    may not touch the socket; it says [#TAKEN] in time, or anything else, or nothing.
/// 3. OVER: it has been told [#GO] and the socket is its own; or the connection is closed without
///    that, and the socket is ours as before. One of both alone, because it is we who decide, in
///    one place, and the receiver believes nothing but [#GO].
///
/// Used by one loop's thread; made for one request. Owns no memory.
final class Offer extends Endpoint implements Exchange {
  private static final byte TAKEN = 'A';
  private static final byte GO = 'G';

  /// What is read already, at most: fits into the socket's buffer whatever else the system allows.
  private static final int MOST_BYTES = 128 * 1024;

  private enum Step {
    RESTING,
    OFFERED,
    OVER
  }

  private final HandOver stage;
  private final Client client;
  private final boolean unread;
  private final boolean head;
  private final byte[] name;
  private Step step = Step.RESTING;
  private boolean stopping;

  Offer(HandOver stage, Client client, boolean unread, boolean head, byte[] name) {
    this.stage = stage;
    this.client = client;
    this.unread = unread;
    this.head = head;
    this.name = name;
    client.exchange = this;
    client.state = net.khttpd.client.State.PASSED_ON;
  }

  // Exchange

  @Override
  public void clientArrived() {
    // It lies in the input, and goes with the offer.
  }

  @Override
  public void clientEnded(int result) {
    if (result < 0) {
      stage.counters().increment(Counter.RESETS);
      end();
      stage.connections().abort(client);
    }
  }

  @Override
  public void clientSent(long result) {
    if (result < 0) {
      clientEnded((int) Math.max(result, Integer.MIN_VALUE));
    } else {
      rest();
    }
  }

  @Override
  public void clientReceivingStopped() {
    stopping = false;
    rest();
  }

  /// Only earlier answers are waited for.
  @Override
  public void clientExpired() {
    if (client.sending) {
      stage.counters().increment(Counter.TIMEOUTS);
      end();
      stage.connections().abort(client);
    }
  }

  @Override
  public boolean isHead() {
    return head;
  }

  @Override
  public int status() {
    return 0;
  }

  @Override
  public long bytesSent() {
    return 0;
  }

  @Override
  public byte[] backend() {
    return name;
  }

  @Override
  public RequestId requestId() {
    return RequestId.NONE; // whoever takes the socket reads the request as it came
  }

  private void rest() {
    if (step != Step.RESTING || client.sending || client.output != null || stopping) {
      return;
    }
    if (client.receiving()) {
      stopping = !stage.connections().stopReceiving(client);
    }
    if (!stopping) {
      offer();
    }
  }

  private void offer() {
    String fault = send();
    if (fault.isEmpty()) {
      step = Step.OFFERED;
      stage.engine().receiveOnce(this);
      stage.loop().schedule(this, stage.patienceNanos());
    } else {
      fail(fault);
    }
  }

  /// Returns why it could not be offered, or an empty text.
  private String send() {
    Sockets sockets = stage.sockets();
    int to = stage.engine().socket(Sockets.AF_UNIX);
    if (to < 0) {
      return HandOver.reason(to);
    }
    int result = sockets.connect(to, stage.address());
    if (result >= 0) {
      client.shared = true; // as long as the message lies anywhere, it holds the socket, too
      result = sendMessage(to);
    }
    if (result >= 0) {
      result = stage.engine().adopt(this, to);
    }
    if (result < 0) {
      sockets.close(to);
      return HandOver.reason(result);
    }
    return "";
  }

  private int sendMessage(int to) {
    byte[] asked = unread ? new byte[0] : client.asked();
    int length = asked.length + client.input.length();
    if (length > MOST_BYTES) {
      return -net.khttpd.kernel.Errno.EMSGSIZE;
    }
    int total = OfferHeader.BYTES + length;
    SocketAddress local = stage.addresses(client);
    MemorySegment message = stage.buffers().take(total);
    OfferHeader.write(message, unread ? OfferHeader.UNREAD : 0, client, local, length);
    MemorySegment.copy(asked, 0, message, JAVA_BYTE, OfferHeader.BYTES, asked.length);
    if (!client.input.isEmpty()) {
      MemorySegment.copy(
          client.input.bytes(),
          client.input.start(),
          message,
          OfferHeader.BYTES + (long) asked.length,
          client.input.length());
    }
    int sent = stage.unix().sendDescriptor(to, message, 0, total, client.descriptor());
    stage.buffers().giveBack(message);
    return sent < 0 || sent == total ? sent : -net.khttpd.kernel.Errno.EAGAIN;
  }

  private void fail(String why) {
    end();
    stage.failed(client, unread, why);
  }

  private void end() {
    boolean offered = step == Step.OFFERED;
    step = Step.OVER;
    if (offered) {
      stage.loop().cancel(this);
      stage.engine().close(this, false);
    }
  }

  // Endpoint

  @Override
  protected void received(MemorySegment buffer, long offset, int length) {
    if (step != Step.OFFERED) {
      return;
    }
    if (length <= 0 || buffer.get(JAVA_BYTE, offset) != TAKEN) {
      fail("it refused it");
      return;
    }
    buffer.set(JAVA_BYTE, offset, GO);
    if (stage.sockets().send(descriptor(), buffer, offset, 1, Sockets.MSG_DONTWAIT) != 1) {
      fail("it was gone before it was told to begin");
      return;
    }
    end();
    stage.taken(client);
  }

  @Override
  protected void expired() {
    if (step == Step.OFFERED) {
      fail("it said nothing in time");
    }
  }

  @Override
  protected void receivingStopped() {
    throw new AssertionError("an offer's receive is never stopped, only closed");
  }

  @Override
  protected void sent(long result) {
    throw new AssertionError("an offer is sent at once or not at all, not by " + Engine.PENDING);
  }

  @Override
  protected void connected(int result) {
    throw new AssertionError("an offer is connected at once or not at all");
  }

  @Override
  protected void detached(int descriptor) {
    throw new AssertionError("an offer stays with its loop");
  }

  @Override
  protected void closed() {
    if (step == Step.OFFERED) { // by the engine, after a fault of ours
      step = Step.OVER;
      stage.failed(client, unread, "the offer broke");
    }
  }
}
