package net.khttpd.way;

import java.util.Objects;
import net.khttpd.client.Client;
import net.khttpd.client.HeadAgain;
import net.khttpd.client.State;
import net.khttpd.decide.Decide;
import net.khttpd.decide.LoopSites;
import net.khttpd.handover.HandOver;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.loop.Loop;
import net.khttpd.passon.PassOn;
import org.jspecify.annotations.Nullable;

/// Where the ways of a request that is passed on part: its socket is handed over, or it is relayed;
/// and what becomes of it when nobody takes the socket. One for each loop; its thread only.
final class PassingOn implements HandOver.Outcome {
  private final Loop loop;
  private final Decide decide;
  private final Exchanges exchanges;
  private final Peeking peeking;
  private final HeadAgain heads = new HeadAgain();
  private @Nullable HandOver handOver;
  private @Nullable PassOn relays;
  private Terms terms;
  private boolean keepsHeads;

  PassingOn(Loop loop, Decide decide, Exchanges exchanges, Peeking peeking, Terms terms) {
    this.loop = loop;
    this.decide = decide;
    this.exchanges = exchanges;
    this.peeking = peeking;
    this.terms = terms;
  }

  /// It and the two ways know each other.
  void ways(HandOver offers, PassOn passOn) {
    handOver = offers;
    relays = passOn;
  }

  /// From the next request on these hold.
  ///
  /// @param heads whether heads are kept, because an answer may be a file that is ordered
  void apply(Terms next, boolean heads) {
    terms = next;
    keepsHeads = heads;
  }

  void free() {
    heads.free();
  }

  /// Passes on. What follows the head lies in the client's input, or all of it in the socket still
  /// ([Client#peeked]).
  void begin(Client client, RequestHead head, LoopSites.Seat seat) {
    HandOver offers = Objects.requireNonNull(handOver);
    boolean unread = client.peeked;
    boolean offered = offers.on() && offers.peeks() == unread;
    client.asked = offered || keepsHeads ? HeadAgain.copy(head) : null;
    if (offered) {
      offers.begin(client, unread, head.method() == Method.HEAD);
      exchanges.offered(client);
    } else {
      if (unread) {
        peeking.take(client, head.length());
      }
      relay(client, head, seat);
    }
  }

  @Override
  public void handedOver(Client client) {
    RequestLog.relayed(terms.log(), client, RequestLog.HANDED_OVER, 0, client.exchange);
    client.exchange = null;
    client.asked = null;
    client.handedOver = true;
    client.state = State.CLOSED;
    loop.cancel(client);
    loop.engine().detach(client);
  }

  @Override
  public void takenBack(Client client, boolean unread) {
    RequestHead head = heads.read(client.asked());
    if (unread) {
      peeking.take(client, head.length());
    }
    if (!keepsHeads) {
      client.asked = null;
    }
    LoopSites.Seat seat = decide.seatNow((LoopSites.Seat) client.site, head);
    client.site = seat;
    exchanges.begin(client, () -> relay(client, head, seat));
  }

  private void relay(Client client, RequestHead head, LoopSites.Seat seat) {
    Objects.requireNonNull(relays).begin(client, head, seat.place());
    exchanges.passedOn(client);
  }
}
