package net.khttpd.way;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.State;
import net.khttpd.decide.Decide;
import net.khttpd.decide.Decision;
import net.khttpd.decide.LoopSites;
import net.khttpd.files.Entry;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.http.Status;
import net.khttpd.refuse.ErrorAnswer;
import net.khttpd.refuse.FailedExchange;
import net.khttpd.refuse.SlashRedirect;
import net.khttpd.send.HeadTemplate;
import net.khttpd.send.HeadTemplate.Persistence;
import net.khttpd.send.Send;
import org.jspecify.annotations.Nullable;

/// The way of a request, told in order:
///
///     accept → read head → parse → decide ┬→ send (memory | file)  ┐
///                                         ├→ pass on (relay)       ├→ log → next request
///                                         └→ refuse (400, 404 …)   ┘
///
/// [net.khttpd.accept.Accept] takes the connection, [ClientEvents] hears of what was read, [Driving]
/// brings it here: heads are parsed one after the other, decided, and answered into the client's
/// batch, until the input is used up, the batch is full, or a request must be waited for. Then
/// [Driving] sends. One for each loop; its thread only.
final class WayOfRequest {
  private final Decide decide;
  private final Send send;
  private final PassingOn passingOn;
  private final Peeking peeking;
  private final Counters counters;
  private final ClientEvents events;
  private final Parsers parsers;
  private RequestLog log;
  private boolean draining;

  WayOfRequest(
      Decide decide,
      Send send,
      PassingOn passingOn,
      Peeking peeking,
      RequestLog log,
      Counters counters,
      ClientEvents events,
      HeadLimits limits) {
    this.decide = decide;
    this.send = send;
    this.passingOn = passingOn;
    this.peeking = peeking;
    this.log = log;
    this.counters = counters;
    this.events = events;
    parsers = new Parsers(limits);
  }

  /// From the next head on, these limits hold; heads that have begun keep the parser they have.
  void apply(RequestLog to, HeadLimits next) {
    log = to;
    parsers.apply(next);
  }

  /// A request was passed on: what follows it lies in the client's input, and what was used of the
  /// input has been consumed.
  static final int PASSED_ON = -1;

  /// Takes requests from `length` bytes and returns how many bytes were used, or [#PASSED_ON]. The
  /// rest is the beginning of a head, or must wait because of what [Client#state] or the full batch
  /// says.
  ///
  /// @param fromInput the bytes lie in the client's own input (of which they are the unread part)
  /// @param found what the look-up has brought that the first request awaited, or null
  int run(
      Client client,
      MemorySegment bytes,
      long at,
      int length,
      boolean fromInput,
      @Nullable Entry found) {
    int used = 0;
    while (used < length && client.state == State.READING && send.takes(client)) {
      RequestParser parser = parsers.of(client);
      int head = parser.parse(bytes, at + used, length - used);
      if (head == 0) {
        parsers.park(client, parser);
        return used;
      }
      parsers.unpark(client, parser);
      if (head < 0) {
        return malformed(client, parser.head(), -head) ? length : used;
      }
      Decision decision =
          decide.decide(parser.head(), used == 0 ? found : null, client.lookups, client.waiter());
      if (!follow(decision, client, parser.head(), bytes, at + used, length - used, fromInput)) {
        return used;
      }
      if (decision instanceof Decision.PassOn) {
        return PASSED_ON;
      }
      used += head;
    }
    if (!client.lastAnswer) {
      return used;
    }
    client.linger |= used < length; // nobody will read it: our close must not become a reset
    return length;
  }

  /// The only place where the ways part. False: the request has not been taken yet.
  private boolean follow(
      Decision decision,
      Client client,
      RequestHead head,
      MemorySegment bytes,
      long at,
      int available,
      boolean fromInput) {
    return switch (decision) {
      case Decision.Serve serve -> serve(client, head, serve.head(), serve.entry());
      case Decision.ServePart part -> servePart(client, head, part);
      case Decision.ServeParts parts -> serveParts(client, head, parts);
      case Decision.Listed listed -> serve(client, head, listed.head(), listed.entry());
      case Decision.NotModified unmodified ->
          answer(client, head, unmodified.head(), NO_BODY, Status.NOT_MODIFIED);
      case Decision.PassOn pass -> {
        passOn(client, head, pass, bytes, at, available, fromInput);
        yield true;
      }
      case Decision.Refuse refusal ->
          refuse(client, head, refusal.status(), ErrorAnswer.of(refusal.status()), null);
      case Decision.Page page ->
          refuse(client, head, page.status(), ErrorAnswer.of(page.status()), page);
      case Decision.NotSatisfiable none ->
          refuse(
              client,
              head,
              Status.RANGE_NOT_SATISFIABLE,
              ErrorAnswer.notSatisfiable(none.size()),
              null);
      case Decision.Options _ -> answer(client, head, OPTIONS, NO_BODY, Status.NO_CONTENT);
      case Decision.AddSlash _ -> {
        ErrorAnswer redirect = SlashRedirect.of(decide.path(), head);
        yield answer(client, head, redirect.head(), redirect.body(), Status.MOVED_PERMANENTLY);
      }
      case Decision.Await _ -> {
        begin(client);
        client.lookups++;
        client.state = State.LOOKING_UP;
        yield false;
      }
    };
  }

  private static final byte[] NO_BODY = {};

  /// What the server as a whole can do. A path of it allows less: that is told by its 405.
  private static final HeadTemplate OPTIONS =
      new HeadTemplate("HTTP/1.1 204 No Content", "Allow: GET, HEAD, OPTIONS\r\n");

  private boolean serve(Client client, RequestHead head, HeadTemplate template, Entry entry) {
    Persistence persistence = persistence(head);
    boolean withBody = head.method() != Method.HEAD;
    if (!send.serve(client, template, entry, withBody, persistence)) {
      return false;
    }
    served(client, head, Status.OK, withBody ? entry.facts().size() : 0, persistence);
    return true;
  }

  private boolean servePart(Client client, RequestHead head, Decision.ServePart part) {
    Decision.Serve whole = part.whole();
    Persistence persistence = persistence(head);
    if (!send.servePart(
        client, whole.head(), whole.entry(), part.first(), part.length(), persistence)) {
      return false;
    }
    counters.increment(Counter.PARTIAL);
    served(client, head, Status.PARTIAL_CONTENT, part.length(), persistence);
    return true;
  }

  private boolean serveParts(Client client, RequestHead head, Decision.ServeParts parts) {
    Persistence persistence = persistence(head);
    if (!send.serveParts(client, parts.head(), parts.parts(), persistence)) {
      return false;
    }
    counters.increment(Counter.PARTIAL);
    served(client, head, Status.PARTIAL_CONTENT, parts.length(), persistence);
    return true;
  }

  private boolean answer(
      Client client, RequestHead head, HeadTemplate template, byte[] body, Status status) {
    Persistence persistence = persistence(head);
    byte[] sent = head.method() == Method.HEAD ? NO_BODY : body;
    if (!send.answer(client, template, sent, persistence)) {
      return false;
    }
    if (status == Status.NOT_MODIFIED) {
      counters.increment(Counter.NOT_MODIFIED);
    }
    served(client, head, status, sent.length, persistence);
    return true;
  }

  /// An error of ours on a whole head. A body that we would have to read first ends the connection,
  /// as does a file system that hangs: nobody shall wait a second time.
  private boolean refuse(
      Client client,
      RequestHead head,
      Status status,
      ErrorAnswer error,
      Decision.@Nullable Page page) {
    boolean unread = head.bodyAnnounced() || head.expectContinue();
    boolean closes = unread || client.lookups == Decide.GIVEN_UP;
    Persistence persistence = closes ? Persistence.CLOSES : persistence(head);
    long body = sendError(client, error, page, head.method() != Method.HEAD, persistence);
    if (body < 0) {
      return false;
    }
    taken(client, persistence);
    client.linger |= unread;
    counters.refused(status);
    log.refused(client, head, status.code(), body, decide.objecting());
    return true;
  }

  /// Returns how long the body is, -1 if the batch is full.
  private long sendError(
      Client client,
      ErrorAnswer error,
      Decision.@Nullable Page page,
      boolean withBody,
      Persistence persistence) {
    if (page != null) {
      long size = withBody ? page.entry().facts().size() : 0;
      return send.serve(client, page.head(), page.entry(), withBody, persistence) ? size : -1;
    }
    byte[] body = withBody ? error.body() : NO_BODY;
    return send.answer(client, error.head(), body, persistence) ? body.length : -1;
  }

  /// A head that is not HTTP: answer, and do not trust a byte behind it. If it got as far as HEAD,
  /// the client will take no body for one (RFC 9110 §9.3.2).
  private boolean malformed(Client client, RequestHead head, int status) {
    client.refusalWithoutBody = head.method() == Method.HEAD;
    client.site = null;
    if (!refuseUnread(client, ErrorAnswer.status(status), true, null)) {
      return false;
    }
    counters.increment(Counter.REQUESTS);
    client.requests++;
    return true;
  }

  /// Whether octets of a request, and not just empty lines before one, have come without its end.
  boolean headBegun(Client client) {
    RequestParser parked = client.parser;
    return parked != null && parked.begun();
  }

  /// The rest of a head did not come in time.
  void refuseSlow(Client client) {
    RequestParser parked = client.parser;
    client.refusalWithoutBody = parked != null && parked.head().method() == Method.HEAD;
    client.site = null;
    refuseUnread(client, Status.REQUEST_TIMEOUT, true, null);
  }

  /// Answers the error that waits for its turn, as [#refuseUnread].
  boolean refuse(Client client, @Nullable Entry found) {
    return refuseUnread(client, ErrorAnswer.status(client.refusal), client.refusalCloses, found);
  }

  /// Answers an error without a head to go by, with a page of the site that the request was of, if
  /// its head could be read. False: the batch is full, flush first; or the page is looked up.
  ///
  /// @param found what the look-up of the page has brought, or null
  private boolean refuseUnread(Client client, Status status, boolean close, @Nullable Entry found) {
    Object seat = client.site;
    Decision decision =
        decide.refusal(
            seat instanceof LoopSites.Seat known ? known : null,
            status,
            found,
            client.lookups,
            client.waiter());
    if (decision instanceof Decision.Await) {
      client.lookups++;
      client.state = State.LOOKING_UP;
      return false;
    }
    byte[] id = client.requestId;
    ErrorAnswer error = id == null ? ErrorAnswer.of(status) : FailedExchange.of(status, id);
    Decision.Page page = decision instanceof Decision.Page own ? named(own, id) : null;
    boolean last = close || draining;
    Persistence kept = client.http10 ? Persistence.KEPT_ALIVE : Persistence.GOES_ON;
    Persistence persistence = last ? Persistence.CLOSES : kept;
    long body = sendError(client, error, page, !client.refusalWithoutBody, persistence);
    if (body < 0) {
      return false;
    }
    client.lookups = 0;
    counters.refused(status);
    if (client.refusal == 0) { // else it ended an exchange, which has been logged
      log.malformed(client, status.code(), body);
    }
    client.lastAnswer |= last;
    client.linger |= last;
    client.headBegun = false;
    client.refusal = 0;
    client.refusalWithoutBody = false;
    client.requestId = null;
    return true;
  }

  private static Decision.Page named(Decision.Page page, byte @Nullable [] id) {
    return id == null || id.length == 0
        ? page
        : new Decision.Page(page.status(), page.entry(), FailedExchange.named(page.head(), id));
  }

  /// Earlier answers leave at once; what follows the head is the exchange's from now on.
  private void passOn(
      Client client,
      RequestHead head,
      Decision.PassOn pass,
      MemorySegment bytes,
      long at,
      int available,
      boolean fromInput) {
    taken(client, Persistence.GOES_ON);
    counters.increment(Counter.PASSED_ON, pass.rule().ordinal());
    log.passedOn(client, head, pass.rule());
    if (client.peeked) {
      peeking.take(client, (int) at); // what was answered before it
    } else if (fromInput) {
      client.input.consumeKeeping((int) (at - client.input.start()) + head.length());
    } else if (available > head.length()) {
      client.input.append(bytes, at + head.length(), available - head.length());
    }
    client.http10 = head.minorVersion() == 0;
    client.site = decide.seat();
    passingOn.begin(client, head, decide.seat());
  }

  private void taken(Client client, Persistence persistence) {
    counters.increment(Counter.REQUESTS);
    client.requests++;
    begin(client);
    client.lookups = 0;
    client.headBegun = false;
    client.lastAnswer |= persistence == Persistence.CLOSES;
  }

  /// A request begins when it is first decided, not when its file has been found.
  private void begin(Client client) {
    if (client.lookups == 0) {
      client.begunNanos = events.nanos();
    }
  }

  private void served(
      Client client, RequestHead head, Status status, long bytes, Persistence persistence) {
    taken(client, persistence);
    counters.increment(Counter.SERVED);
    if (client.answers++ == 0) {
      client.answersBegunNanos = client.begunNanos;
    }
    log.served(client, head, status.code(), bytes, decide.hit());
  }

  private Persistence persistence(RequestHead head) {
    if (draining || !head.keepAlive()) {
      return Persistence.CLOSES;
    }
    return head.minorVersion() == 0 ? Persistence.KEPT_ALIVE : Persistence.GOES_ON;
  }

  /// From now on every answer is the last of its connection.
  void drain() {
    draining = true;
  }

  /// The connection is gone: its parser serves another.
  void forget(Client client) {
    parsers.forget(client);
  }
}
