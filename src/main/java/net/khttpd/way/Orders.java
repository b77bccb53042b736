package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.HeadAgain;
import net.khttpd.client.Ordered;
import net.khttpd.client.State;
import net.khttpd.decide.Decide;
import net.khttpd.decide.Decision;
import net.khttpd.decide.LoopSites;
import net.khttpd.decide.OrderedFiles;
import net.khttpd.files.Entry;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.Status;
import net.khttpd.log.EventLog;
import net.khttpd.refuse.ErrorAnswer;
import net.khttpd.send.HeadTemplate.Persistence;
import net.khttpd.send.Send;
import org.jspecify.annotations.Nullable;

/// Answers with files that backends have ordered: decides, and queues the answer or the error that
/// it comes to. One for each loop; its thread only.
final class Orders {
  private static final byte[] NO_BODY = {};

  private final OrderedFiles files;
  private final Send send;
  private final Counters counters;
  private final EventLog events;
  private final HeadAgain heads = new HeadAgain();
  private RequestLog log;
  private boolean draining;

  Orders(OrderedFiles files, Send send, Counters counters, EventLog events, RequestLog log) {
    this.files = files;
    this.send = send;
    this.counters = counters;
    this.events = events;
    this.log = log;
  }

  /// From the next decision on, these are the files.
  void apply(LoopSites sites) {
    files.apply(sites);
  }

  void apply(RequestLog to) {
    log = to;
  }

  /// From now on every answer is the last of its connection.
  void drain() {
    draining = true;
  }

  void close() {
    files.close();
    heads.free();
  }

  /// Queues the answer that is owed, or begins the look-up it must wait for, or makes an error of
  /// it ([Client#refusal]). False: the batch is full, flush first; or it is looked up.
  ///
  /// @param found what the look-up has brought, or null
  boolean answer(Client client, Ordered ordered, @Nullable Entry found) {
    RequestHead head = heads.read(ordered.asked());
    Decision decision = files.decide(ordered.order(), head, found, client.lookups, client.waiter());
    Persistence persistence = persistence(ordered, head);
    boolean withBody = head.method() != Method.HEAD;
    return switch (decision) {
      case Decision.Serve serve ->
          send.serve(client, serve.head(), serve.entry(), withBody, persistence)
              && answered(
                  client,
                  ordered,
                  ordered.order().status() == 206 ? 200 : ordered.order().status(),
                  withBody ? serve.entry().facts().size() : 0,
                  persistence);
      case Decision.ServePart part -> {
        Decision.Serve whole = part.whole();
        yield send.servePart(
                client, whole.head(), whole.entry(), part.first(), part.length(), persistence)
            && partial(client, ordered, part.length(), persistence);
      }
      case Decision.ServeParts parts ->
          send.serveParts(client, parts.head(), parts.parts(), persistence)
              && partial(client, ordered, parts.length(), persistence);
      case Decision.NotModified unmodified ->
          send.answer(client, unmodified.head(), NO_BODY, persistence)
              && answered(client, ordered, Status.NOT_MODIFIED.code(), 0, persistence);
      case Decision.NotSatisfiable none -> notSatisfiable(client, ordered, none, persistence);
      case Decision.Refuse refusal -> {
        refuse(client, ordered, refusal.status(), !withBody);
        yield true;
      }
      case Decision.Await _ -> {
        client.lookups++;
        client.state = State.LOOKING_UP;
        yield false;
      }
      case Decision.PassOn _,
          Decision.Page _,
          Decision.Options _,
          Decision.Listed _,
          Decision.AddSlash _ ->
          throw new AssertionError("no answer about an ordered file: " + decision);
    };
  }

  private boolean notSatisfiable(
      Client client, Ordered ordered, Decision.NotSatisfiable none, Persistence persistence) {
    ErrorAnswer error = ErrorAnswer.notSatisfiable(none.size());
    return send.answer(client, error.head(), error.body(), persistence)
        && answered(
            client, ordered, Status.RANGE_NOT_SATISFIABLE.code(), error.body().length, persistence);
  }

  private boolean partial(Client client, Ordered ordered, long length, Persistence persistence) {
    counters.increment(Counter.PARTIAL);
    return answered(client, ordered, Status.PARTIAL_CONTENT.code(), length, persistence);
  }

  private boolean answered(
      Client client, Ordered ordered, int status, long bytes, Persistence persistence) {
    counters.increment(Counter.ORDERED_FILES);
    over(client, persistence == Persistence.CLOSES);
    if (client.answers++ == 0) {
      client.answersBegunNanos = client.begunNanos;
    }
    client.lastAnswer |= persistence == Persistence.CLOSES;
    client.linger |= !ordered.keepAlive() && !client.inputEnded;
    log(client, ordered, status, bytes);
    return true;
  }

  /// The error is answered in its turn, with a page of the site's if there is one.
  private void refuse(Client client, Ordered ordered, Status status, boolean withoutBody) {
    if (status != Status.PRECONDITION_FAILED) {
      counters.increment(Counter.ORDER_FAILURES);
      events.event(
          "ordered-file",
          "sendfile_header: a backend ordered '%s', answered %d: %s"
              .formatted(ordered.order().name(), status.code(), files.fault()));
    }
    boolean gaveUp = client.lookups == Decide.GIVEN_UP;
    over(client, false);
    log(client, ordered, status.code(), 0);
    client.requestId = ordered.requestId().length == 0 ? null : ordered.requestId();
    client.refusal = status.code();
    client.refusalCloses = !ordered.keepAlive() || gaveUp;
    client.refusalWithoutBody = withoutBody;
  }

  private void log(Client client, Ordered ordered, int status, long bytes) {
    byte[] id = ordered.requestId();
    log.relayed(client, status, bytes, ordered.backend(), id, id.length);
  }

  private static void over(Client client, boolean last) {
    client.ordered = null;
    client.asked = null;
    client.lookups = 0;
    client.lastAnswer |= last;
  }

  private Persistence persistence(Ordered ordered, RequestHead head) {
    if (draining || !ordered.keepAlive()) {
      return Persistence.CLOSES;
    }
    return head.minorVersion() == 0 ? Persistence.KEPT_ALIVE : Persistence.GOES_ON;
  }
}
