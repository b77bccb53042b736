package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Exchange;
import net.khttpd.client.RequestId;
import net.khttpd.client.State;
import net.khttpd.http.RequestHead;
import net.khttpd.loop.Timed;
import org.jspecify.annotations.Nullable;

/// One request with a backend: joins a client, a connection, and the two directions between them.
/// Its course is told by [Stage].
///
/// Used by one loop's thread and reused for later requests. Owns its buffers; a buffer in flight
/// stays with the socket it is in flight on.
final class Relay extends Timed implements Exchange {
  private final PassOn passOn;
  private final Pool pool;
  private final Limits limits;
  private final Attempts attempts;
  private final Ending ending = new Ending();
  private final RequestFlow request;
  private final ResponseFlow response;
  private final Deadlines deadlines;
  private final Tunnel tunnel;
  private @Nullable Client client;
  private @Nullable BackendConnection connection;
  private boolean keepAlive;
  private Stage stage = Stage.FREE;

  Relay(PassOn passOn) {
    this.passOn = passOn;
    this.pool = passOn.pool();
    this.limits = passOn.limits();
    attempts = new Attempts(passOn.counters(), limits);
    request = new RequestFlow(this, passOn);
    response = new ResponseFlow(this, passOn, ending);
    deadlines = new Deadlines(this, passOn, request);
    tunnel = new Tunnel(this, passOn, request);
  }

  /// @param ifNone status to refuse with if the set is empty
  void begin(Client asking, RequestHead head, BackendSet set, int ifNone) {
    client = asking;
    asking.exchange = this;
    asking.state = State.PASSED_ON;
    connection = null;
    ending.begin();
    request.reset(head);
    keepAlive = head.keepAlive();
    attempts.begin(set, head.method(), passOn.key(set, asking, head));
    response.begin(head.method(), head.minorVersion());
    stage = Stage.CONNECTING;
    tunnel.ask(head);
    int fault = set.isEmpty() ? ifNone : request.begin(asking, head, attempts.authority());
    if (fault != 0) {
      refuse(fault);
    } else if (request.gathered(asking)) {
      pool.assign(this);
    } else {
      stage = Stage.GATHERING;
    }
  }

  // What PassOn asks and tells

  boolean isWaiting() {
    return stage == Stage.WAITING;
  }

  void waiting() {
    stage = Stage.WAITING;
  }

  Attempts attempts() {
    return attempts;
  }

  /// Whether a pooled connection will do: nothing is lost with it, or it will not end just now.
  boolean takesPooled(boolean trusted) {
    return request.whole() && (trusted || attempts.mayRepeat(false));
  }

  Limits limits() {
    return limits;
  }

  void connecting(BackendConnection to) {
    stage = Stage.CONNECTING;
    connection = to;
    to.carry(this);
  }

  /// The connection is ready for the request.
  void connected(BackendConnection to) {
    connecting(to);
    stage = Stage.RELAYING;
    request.start(to);
  }

  /// No connection came about; `status` tells why.
  void connectFailed(int status) {
    connection = null;
    attempts.failedWith(status);
    pool.assign(this);
  }

  @Override
  protected void expired() {
    if (stage == Stage.WAITING) {
      refuse(503);
    }
  }

  // What the connection tells

  void backendArrived(MemorySegment bytes, long offset, int length) {
    BackendConnection from = connection;
    if (stage != Stage.RELAYING || from == null) {
      return;
    }
    if (!request.sent() && (from.reused || !request.hasBody())) {
      if (!retried(false)) {
        backendFault(); // an answer to a question that was not asked yet
      }
      return;
    }
    touchBackend();
    response.arrived(bytes, offset, length);
  }

  void backendReadable() {
    response.readable();
  }

  void backendEnded(int result) {
    if (stage != Stage.RELAYING) {
      return;
    }
    if (tunnel.isOpen() && result < 0) {
      abort();
    } else if (!retried(result == 0)) {
      response.ended(result);
    }
  }

  void backendSent(long result) {
    BackendConnection to = connection;
    if (stage == Stage.RELAYING && to != null) {
      request.backendSent(to, result);
    }
  }

  /// The backend's deadline has passed.
  void backendSilent() {
    BackendConnection to = connection;
    if (stage == Stage.RELAYING && to != null) {
      deadlines.ofBackend(to);
    }
  }

  // What the two flows ask and tell

  Client client() {
    Client asking = client;
    if (asking == null) {
      throw new AssertionError("the exchange has no client");
    }
    return asking;
  }

  @Nullable BackendConnection connection() {
    return connection;
  }

  /// Whether the client's connection will be kept, if the framing of the response lets it.
  boolean keepAlive() {
    return keepAlive && !pool.draining() && request.done() && !request.broken();
  }

  /// Whether the client may still be waiting for a word of the backend before it sends its body.
  boolean awaitsInvitation() {
    return request.awaitsInvitation() && !response.download().anything();
  }

  void touchBackend() {
    BackendConnection to = connection;
    if (to != null) {
      passOn.schedule(to, tunnel.isOpen() ? limits.tunnelNanos() : limits.backendNanos());
    }
  }

  Tunnel tunnel() {
    return tunnel;
  }

  /// The backend has sent all of its response: it is free for others, if it kept to the protocol.
  void responseReceived(boolean surplus) {
    BackendConnection done = connection;
    if (done == null) {
      return;
    }
    boolean clean = !surplus && !done.once && response.download().backendKeeps();
    clean &= request.done() && !request.broken() && !done.sending;
    leave(done, false);
    if (clean) {
      pool.release(done, response.download().keepSeconds());
    } else {
      pool.close(done);
    }
  }

  /// The client has been sent all of the response.
  void responseSent() {
    ending.answer();
    end();
  }

  void backendFault() {
    fault(502, "an answer was no HTTP, or was cut");
  }

  void fault(int status, String reason) {
    passOn.counters().increment(Counter.BACKEND_FAILURES);
    attempts.failed(passOn.nanos(), reason);
    refuse(status);
  }

  void clientGone() {
    passOn.counters().increment(Counter.RESETS);
    abort();
  }

  /// The server ends: what is under way is cut.
  void cut() {
    if (stage == Stage.WAITING || stage == Stage.CONNECTING) {
      refuse(503);
    } else {
      abort();
    }
  }

  // Exchange

  @Override
  public void clientArrived() {
    request.clientArrived(client().input.length());
    pump();
  }

  @Override
  public void clientReadable() {
    request.clientReadable();
  }

  @Override
  public void clientEnded(int result) {
    request.clientArrived(0);
    if (result < 0) {
      clientGone();
    } else {
      pump();
    }
  }

  @Override
  public void clientSent(long result) {
    if (stage == Stage.ENDING) {
      if (response.inFlight()) {
        response.drained(result);
      }
      tryEnd();
    } else if (stage == Stage.RELAYING) {
      response.clientSent(result);
    }
  }

  @Override
  public void clientReceivingStopped() {
    request.clientReceivingStopped(client());
    if (stage == Stage.ENDING) {
      tryEnd();
    } else if (stage != Stage.GATHERING) {
      pump();
    } else if (request.gather(client())) {
      stage = Stage.CONNECTING;
      pool.assign(this);
    } else {
      refuse(400);
    }
  }

  @Override
  public void clientExpired() {
    deadlines.ofClient(client(), stage == Stage.ENDING);
  }

  @Override
  public boolean isHead() {
    return response.download().answersHead();
  }

  @Override
  public int status() {
    return ending.status(response.download().status());
  }

  @Override
  public long bytesSent() {
    return response.download().bodyBytes();
  }

  @Override
  public byte[] backend() {
    return attempts.name();
  }

  @Override
  public RequestId requestId() {
    return request.id;
  }

  private void pump() {
    BackendConnection to = connection;
    if (stage == Stage.RELAYING && to != null) {
      request.pump(to);
    }
  }

  /// Whether the request is being sent once more, after an end that was `orderly` or not.
  private boolean retried(boolean orderly) {
    BackendConnection lost = connection;
    if (lost == null
        || response.download().anything()
        || !attempts.again(lost, request.whole(), orderly, passOn.sockets(), passOn.nanos())) {
      return false;
    }
    leave(lost, true);
    pool.close(lost);
    pool.assign(this);
    return true;
  }

  private void leave(BackendConnection left, boolean again) {
    request.leave(left, again);
    response.leave(left);
    left.leave();
    attempts.left();
    connection = null;
  }

  /// Ends by an answer of ours; by a reset if a response has begun.
  void refuse(int status) {
    passOn.failures().tell(status, response.begun(), stage, attempts.asked(), request.id);
    ending.refuse(status, response.begun());
    end();
  }

  /// Ends by a reset, whatever is in flight.
  void abort() {
    ending.abort();
    end();
  }

  /// The ending is decided: the backend is left at once, the client when nothing is in flight.
  private void end() {
    if (stage == Stage.WAITING) {
      pool.waitsNoMore(this);
    }
    stage = Stage.ENDING;
    BackendConnection left = connection;
    if (left != null) {
      leave(left, false);
      left.reset = tunnel.isOpen() && ending.atOnce(); // an end would look like the client's own
      pool.close(left);
    }
    tryEnd();
  }

  private void tryEnd() {
    Client asking = client();
    if (ending.atOnce() || (ResponseFlow.isFree(asking) && request.quiet(asking))) {
      finish(asking);
    }
  }

  /// The last of the exchange: from here on the client may already be asking anew.
  private void finish(Client asking) {
    request.release();
    response.release(asking);
    tunnel.end();
    stage = Stage.FREE;
    ending.tell(
        passOn.connections(), asking, request.done(), keepAlive, response.download().keepAlive());
    client = null;
    passOn.recycle(this);
  }
}
