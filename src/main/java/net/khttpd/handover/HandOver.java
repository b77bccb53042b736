package net.khttpd.handover;

import java.util.function.Consumer;
import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.UnixCalls;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.settings.HandoverTarget;
import net.khttpd.settings.Settings;

/// The hand-over stage of one loop: each request that is passed on gets an [Offer] of its client's
/// socket to the daemon that the setting names. Used by the loop's thread.
public final class HandOver {
  /// What becomes of a client that was offered.
  public interface Outcome {
    /// The socket belongs to the receiver: forget the client, and close our descriptor.
    void handedOver(Client client);

    /// Nobody took it: the request goes on here. Its head is [Client#asked].
    ///
    /// @param unread and lies in the socket still, as what follows it
    void takenBack(Client client, boolean unread);
  }

  private final Loop loop;
  private final Buffers buffers;
  private final Connections connections;
  private final Outcome outcome;
  private final Counters counters;
  private final EventLog log;
  private final Consumer<Client> identify;
  private final Sockets sockets = new Sockets();
  private final UnixCalls unix = new UnixCalls();
  private final SocketAddress local = new SocketAddress();
  private HandoverTarget target = HandoverTarget.NONE;
  private SocketAddress address = local;
  private byte[] name = {};
  private long patienceNanos;
  private boolean failing;

  /// @param identify asks for a client's address, if it is not known yet
  public HandOver(
      Loop loop,
      Buffers buffers,
      Settings settings,
      Connections connections,
      Outcome outcome,
      Counters counters,
      EventLog log,
      Consumer<Client> identify) {
    this.loop = loop;
    this.buffers = buffers;
    this.connections = connections;
    this.outcome = outcome;
    this.counters = counters;
    this.log = log;
    this.identify = identify;
    apply(settings);
  }

  /// From the next request on, these settings hold; offers under way end as they began.
  public void apply(Settings settings) {
    patienceNanos = settings.timeoutConnectMillis() * 1_000_000;
    if (!settings.handover().equals(target)) {
      target = settings.handover();
      failing = false;
      if (!target.none()) {
        address = SocketAddress.ofUnixPath(target.path());
        name = target.text().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
      }
    }
  }

  /// Whether requests are handed over at all.
  public boolean on() {
    return !target.none();
  }

  /// Whether nothing is to be read from a socket before it is offered.
  public boolean peeks() {
    return target.peek();
  }

  /// Offers the client's socket, whose request has this head ([Client#asked]), once nothing of the
  /// client is in flight any more: [net.khttpd.client.Exchange#clientSent] begins it.
  ///
  /// @param unread nothing of the request has been taken from the socket
  /// @param head whether its method is HEAD
  public void begin(Client client, boolean unread, boolean head) {
    new Offer(this, client, unread, head, name);
  }

  /// Gives memory back; the loop has ended.
  public void free() {
    sockets.free();
    local.free();
  }

  // What offers need

  Engine engine() {
    return loop.engine();
  }

  Loop loop() {
    return loop;
  }

  Buffers buffers() {
    return buffers;
  }

  Connections connections() {
    return connections;
  }

  Counters counters() {
    return counters;
  }

  Sockets sockets() {
    return sockets;
  }

  UnixCalls unix() {
    return unix;
  }

  SocketAddress address() {
    return address;
  }

  long patienceNanos() {
    return patienceNanos;
  }

  /// The address of the client's other end; the client's own is known afterwards.
  SocketAddress addresses(Client client) {
    identify.accept(client);
    sockets.localAddress(client.descriptor(), local);
    return local;
  }

  void taken(Client client) {
    counters.increment(Counter.HANDED_OVER);
    if (failing) {
      failing = false;
      log.event("handover", "handover: %s takes sockets again".formatted(target.text()));
    }
    outcome.handedOver(client);
  }

  /// Said once, until a socket is taken again.
  void failed(Client client, boolean unread, String why) {
    counters.increment(Counter.HANDOVER_FAILURES);
    if (!failing) {
      failing = true;
      log.event(
          "handover",
          "handover: %s took no socket: %s; until it does, the backends are asked"
              .formatted(target.text(), why));
    }
    outcome.takenBack(client, unread);
  }

  static String reason(int result) {
    return result == -Errno.EAGAIN ? "its queue is full" : Errno.text(-result);
  }
}
