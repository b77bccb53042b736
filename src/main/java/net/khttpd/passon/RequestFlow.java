package net.khttpd.passon;

import net.khttpd.client.Client;
import net.khttpd.client.Connections;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.RequestId;
import net.khttpd.http.RequestHead;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Sockets;
import net.khttpd.loop.Engine;

/// The direction from client to backend of one [Relay]: the head, and with it what has come of the
/// body; then pieces of the body, the next one being pulled while the last is being sent.
///
/// Back-pressure: the client is received from only when its input is empty, and only once the
/// continuous receive has been stopped; so a stopped backend costs two pieces of memory.
final class RequestFlow {
  private final Relay relay;
  private final PassOn passOn;
  private final Limits limits;
  private final Engine engine;
  private final Connections connections;
  private final Sockets sockets;
  private final Counters counters;
  private final RequestWriter writer;
  private final Output out;
  final RequestId id = new RequestId();
  private final Upload upload = new Upload();
  private final Splice splice;
  private final UploadWindow window;
  private boolean chunked;
  private boolean started;
  private boolean whole;
  private boolean sent;
  private boolean stopping;
  private boolean pulling;
  private boolean expectsInvitation;
  private boolean bulk;

  RequestFlow(Relay relay, PassOn passOn) {
    this.relay = relay;
    this.passOn = passOn;
    this.limits = passOn.limits();
    this.engine = passOn.engine();
    this.connections = passOn.connections();
    this.sockets = passOn.sockets();
    this.counters = passOn.counters();
    this.writer = passOn.requestWriter();
    this.out = new Output(passOn.buffers());
    this.splice = new Splice(engine, passOn.pipes());
    this.window = new UploadWindow(limits);
  }

  void reset(RequestHead head) {
    started = false;
    sent = false;
    whole = false;
    stopping = false;
    pulling = false;
    window.close();
    bulk = false;
    expectsInvitation = head.expectContinue();
    upload.begin(head);
    passOn.requestIds().assign(head, id);
  }

  /// Writes the head and what has come of the body. 0, or the status to refuse with: 508 for a
  /// request that has come through us before, 400 for a faulty chunk. Nothing has reached a
  /// backend.
  int begin(Client client, RequestHead head, byte[] authority) {
    if (writer.loops(head)) {
      return 508;
    }
    chunked = head.chunked();
    out.reserve(head.length() + 512);
    writer.write(limits.proxy(), client, head, authority, relay.tunnel().asked(), id, out);
    if (!gather(client)) {
      return 400;
    }
    if (!whole) {
      stop(client); // what follows is pulled
    }
    return 0;
  }

  /// Whether nothing of what has come is still on its way through the engine.
  boolean gathered(Client client) {
    return !chunked || whole || stop(client);
  }

  /// Takes what has come of the body before anything is sent. False: a chunk is faulty.
  boolean gather(Client client) {
    int most = chunked ? Upload.ARRIVED_BYTES : Upload.PIECE_BYTES;
    boolean sound = upload.fill(client, out, out.length() + most);
    while (sound && chunked && !upload.done() && out.length() < most && readMore(client)) {
      sound = upload.fill(client, out, most);
    }
    whole = upload.done();
    return sound;
  }

  /// Takes what lies in the socket already; the engine's buffer may have been too small for it.
  private boolean readMore(Client client) {
    if (client.receiving() || client.inputEnded || !client.input.isEmpty()) {
      return false;
    }
    int at = client.input.reserve(Upload.PIECE_BYTES);
    int length =
        sockets.receive(
            client.descriptor(),
            client.input.bytes(),
            at,
            Upload.PIECE_BYTES,
            Sockets.MSG_DONTWAIT);
    counters.add(Counter.BYTES_IN, Math.max(length, 0));
    client.input.received(Math.max(length, 0));
    client.input.trim();
    return length > 0;
  }

  /// Whether all of the request lies here, to be sent once more.
  boolean whole() {
    return whole;
  }

  /// Whether the client has brought all of the body.
  boolean done() {
    return upload.done();
  }

  /// Whether the backend takes no more of it.
  boolean broken() {
    return upload.broken;
  }

  /// Whether all that is to be sent first has been taken by the kernel.
  boolean sent() {
    return sent;
  }

  boolean hasBody() {
    return upload.hasBody();
  }

  /// Whether the client asked for an invitation (100) and has brought nothing of the body.
  boolean awaitsInvitation() {
    return expectsInvitation && !upload.begun();
  }

  /// Sends the request, or sends it again.
  void start(BackendConnection connection) {
    started = true;
    sent = false;
    upload.broken = false;
    relay.touchBackend();
    long result = connection.send(engine, out);
    if (result == Engine.PENDING) {
      pump(connection);
    } else {
      backendSent(connection, result);
    }
  }

  void backendSent(BackendConnection connection, long result) {
    if (splice.waitsForRoom()) {
      drain(connection);
      return;
    }
    if (result < 0) {
      takesNoMore(); // its answer, or its end, comes by the receive
      return;
    }
    sent = true;
    relay.touchBackend();
    if (!whole) {
      out.clear();
      pump(connection);
    }
  }

  private void takesNoMore() {
    upload.broken = true;
    if (upload.isTunnel()) {
      relay.tunnel().backendGone();
    }
  }

  /// Sends what has come, and asks the client for more; once there is no more, watches for its end.
  void pump(BackendConnection connection) {
    if (!started || upload.broken) {
      return;
    }
    Client client = relay.client();
    if (!upload.done()) {
      forward(client, connection);
    }
    if (upload.done()) {
      connections.watch(client);
    }
  }

  private void forward(Client client, BackendConnection connection) {
    while (!connection.sending && !upload.done()) {
      out.clear();
      if (!upload.fill(client, out, Upload.PIECE_BYTES)) {
        relay.refuse(400);
        return;
      }
      if (out.isEmpty()) {
        break;
      }
      long result = connection.send(engine, out);
      if (result < 0 && result != Engine.PENDING) {
        takesNoMore();
        return;
      }
      relay.touchBackend();
    }
    if (!upload.done() && client.input.isEmpty()) {
      if (!client.inputEnded) {
        listen(client, false);
      } else if (!connection.sending) {
        ended(connection);
      }
    }
  }

  /// A tunnel in which little is said keeps no memory while nothing is.
  ///
  /// @param dry a read has found nothing just now
  private void listen(Client client, boolean dry) {
    if (upload.isTunnel() && !bulk) {
      connections.watch(client);
    } else if (!upload.isTunnel() && (splice.active() || beginSplice())) {
      await(client, dry);
    } else {
      pull(client);
    }
  }

  private boolean beginSplice() {
    return upload.expected() >= Splice.LEAST_BYTES && splice.begin();
  }

  /// The client's bytes can be spliced: the pipe is empty.
  void clientReadable() {
    pulling = false;
    BackendConnection connection = relay.connection();
    if (connection == null || connection.sending || stopping || upload.broken) {
      return; // when the backend is free, the client is asked again
    }
    Client client = relay.client();
    long taken = splice.fill(client, upload.expected());
    if (taken == -Errno.EAGAIN) {
      listen(client, true);
    } else if (taken <= 0) {
      client.inputEnded = true;
      relay.clientEnded((int) taken);
    } else {
      counters.add(Counter.BYTES_IN, taken);
      window.count(taken);
      upload.moved(taken);
      drain(connection);
    }
  }

  private void drain(BackendConnection connection) {
    long result = splice.drain(connection);
    relay.touchBackend();
    if (result == Engine.PENDING) {
      connection.sending = true;
    } else if (result < 0) {
      takesNoMore();
    } else {
      pump(connection);
    }
  }

  private void ended(BackendConnection connection) {
    if (upload.isTunnel()) {
      upload.end();
      relay.tunnel().clientEnded(connection);
    } else {
      relay.refuse(400); // cut in the middle of its body
    }
  }

  /// The backend has switched protocols: what the client sent behind its request, and all that
  /// follows, goes there as it is.
  void tunnel(BackendConnection connection) {
    whole = false;
    upload.tunnel();
    if (!connection.sending) {
      out.clear();
      splice.end(); // of the request's body
    }
    pump(connection);
  }

  /// Something of the client has come, or its side has ended.
  void clientArrived(int unread) {
    bulk = unread >= ResponseFlow.BULK_BYTES;
    if (pulling) {
      pulling = false;
      window.count(unread);
    }
  }

  void clientReceivingStopped(Client client) {
    stopping = false;
    pulling &= client.receiving(); // the last delivery may have led to a pull
  }

  /// Whether the client has been too slow in the window that ends now, being asked all the time.
  /// The deadline may have been another one, for the response, and come earlier.
  boolean tooSlow() {
    if (!pulling) {
      window.close();
      return false;
    }
    return window.failed(passOn.nanos(), relay.awaitsInvitation());
  }

  /// What is left of the window in which the client has to bring some of the body.
  long uploadNanosLeft() {
    return window.nanosLeft(passOn.nanos());
  }

  /// Whether a deadline for the body counts.
  boolean pulling() {
    return pulling;
  }

  /// Whether no receive of the exchange's kind is under way; else stops it.
  boolean quiet(Client client) {
    if (pulling && !stopping) {
      if (connections.stopReceiving(client)) {
        pulling = false;
        client.receivingIntoInput = false;
      } else {
        stopping = true;
      }
    }
    return !stopping;
  }

  /// The connection is being left: what of ours is in flight stays with it.
  void leave(BackendConnection connection, boolean again) {
    if (connection.sending) {
      connection.parkSend(again ? out.fork() : out.detach());
    }
    if (!again) {
      out.clear();
    }
    splice.end();
    started = false;
  }

  void release() {
    out.clear();
    splice.end();
  }

  private void pull(Client client) {
    if (mayAsk(client)) {
      connections.pull(client);
    }
  }

  /// As [#pull], but the bytes will stay in the kernel.
  private void await(Client client, boolean dry) {
    if (mayAsk(client)) {
      engine.awaitReadable(client, dry);
    }
  }

  /// Whether the client may be asked for more now; its time begins.
  private boolean mayAsk(Client client) {
    if (pulling || client.inputEnded || !stop(client)) {
      return false;
    }
    pulling = true;
    if (!upload.isTunnel() && window.fulfilled()) {
      window.open(passOn.nanos());
      connections.deadline(client, limits.uploadNanos());
    }
    return true;
  }

  /// Ends the continuous receive, whoever began it; true when nothing is under way.
  private boolean stop(Client client) {
    if (!stopping && client.receiving()) {
      stopping = !connections.stopReceiving(client);
    }
    return !stopping;
  }
}
