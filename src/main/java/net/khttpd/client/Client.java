package net.khttpd.client;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import net.khttpd.files.Entry;
import net.khttpd.files.ReadAhead;
import net.khttpd.files.Waiter;
import net.khttpd.http.ProxyHeader;
import net.khttpd.http.RequestParser;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.loop.Endpoint;
import org.jspecify.annotations.Nullable;

/// A client's connection: the one object that moves between the stages.
///
/// Life: accepted → (ANNOUNCED →) READING ⇄ (LOOKING_UP, SENDING, PASSED_ON) → LINGERING (only if
/// input may lie unread behind the last answer) → CLOSED. From READING, or while a file is being
/// sent, also → LEAVING → CLOSED, and as another object READING or SENDING in another loop
/// ([Moved]). Used by one loop's thread, which owns the descriptor through the engine. An idle
/// connection owns no buffer.
public final class Client extends Endpoint implements Waiter {
  /// The stages as the connection's events see them.
  public interface Stages {
    /// Bytes have come, valid during the call only.
    void arrived(Client client, MemorySegment bytes, long offset, int length);

    /// Bytes have come into the client's own input, as its exchange asked.
    void arrivedInInput(Client client, int length);

    /// Something lies in the socket that has not been taken.
    ///
    /// @param last no more will come
    void inputReady(Client client, boolean last);

    /// The client has ended its side (0) or is gone (`-errno`).
    void ended(Client client, int result);

    void receivingStopped(Client client);

    void sent(Client client, long result);

    void expired(Client client);

    void resumed(Client client);

    /// The cold look-up that was awaited is done; the entry is valid during the call.
    void found(Client client, Entry entry);

    /// The connection is out of the loop, and the open descriptor ours.
    void detached(Client client, int descriptor);

    void closed(Client client);
  }

  private static final ValueLayout.OfLong NETWORK_LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final Stages stages;
  private final Counters counters;
  private Waiter waiter = this;

  /// What has come and was not consumed yet.
  public final Input input;

  public State state = State.READING;

  /// The head being read began to come; decides between 408 and a quiet close.
  public boolean headBegun;

  /// Requests taken from this connection so far.
  public int requests;

  /// The peer has ended its sending side.
  public boolean inputEnded;

  /// Closes when what is being sent is out.
  public boolean lastAnswer;

  /// Is being driven by a call further down the stack, which will go on.
  public boolean driven;

  /// When it closes, unread input is to be awaited and thrown away first.
  public boolean linger;

  /// Bytes thrown away while lingering.
  public int lingered;

  /// Place in the loop's roster, -1 if in none.
  public int rosterIndex = -1;

  /// Counts against the limits: it was not turned away.
  public boolean welcome;

  /// Counts against the limit for its address.
  public boolean countedByAddress;

  /// What the client connected to, where a balancer has told it; null: our own socket's address.
  public ProxyHeader.@Nullable Address destination;

  /// The receive under way goes into [#input] rather than into the engine's buffers.
  public boolean receivingIntoInput;

  /// A send is in flight: whoever wants to send waits for [Stages#sent].
  public boolean sending;

  /// Parser with the state of an incomplete head; the loop's own one serves everybody else.
  public @Nullable RequestParser parser;

  /// Look-ups that the request in progress has awaited.
  public int lookups;

  /// Answers not yet sent, in the order of their requests.
  public @Nullable MemorySegment output;

  public int outputLength;

  /// Body that follows the output, or the slice of it that is on its way: a file's entry, retained
  /// until it is out.
  public @Nullable Entry body;

  public long bodyOffset;
  public long bodyLeft;

  /// What follows [#body] in the same answer; null if nothing does, as nearly always.
  public @Nullable ArrayDeque<BodyPart> following;

  /// In which turn the file being sent was last found to be the version promised.
  public long intactNanos;

  /// A worker reads what is to be sent next of [#body]; sending waits for it.
  public @Nullable ReadAhead readAhead;

  /// Up to this offset the page cache holds [#body], as of [#heldNanos]; 0: nobody has asked;
  /// negative: unreadable.
  public long heldTo;

  public long heldNanos;

  /// The request that is with a backend.
  public @Nullable Exchange exchange;

  /// Status of an error answer that waits until earlier answers are out; 0: none.
  public int refusal;

  /// The connection closes after [#refusal].
  public boolean refusalCloses;

  /// The file that a backend has ordered, until its answer is queued.
  public @Nullable Ordered ordered;

  /// The head of the request that is passed on, where its answer may be a file or its socket may be
  /// handed over; else null.
  public byte @Nullable [] asked;

  /// Others may hold a descriptor of the socket, so that a close alone would not end it.
  public boolean shared;

  /// The socket is somebody else's: what is ours of it goes.
  public boolean handedOver;

  /// What is being looked at of its bytes lies in the socket still.
  public boolean peeked;

  /// Bytes of an incomplete head that lie in the socket.
  public int seen;

  /// There was nothing behind [#seen] when it was last looked at.
  public boolean looked;

  /// The request that was passed on last is HTTP/1.0: whoever keeps its connection has to say so.
  public boolean http10;

  /// [#refusal] answers HEAD: its body stays away (RFC 9110 §9.3.2).
  public boolean refusalWithoutBody;

  /// The site of the request that was passed on last: whose page an error of ours shows.
  public @Nullable Object site;

  /// The id under which the exchange ended that [#refusal] answers, empty if it has none; null:
  /// there was no exchange.
  public byte @Nullable [] requestId;

  /// When the request in progress was taken, in nanoseconds of the loop's clock.
  public long begunNanos;

  /// Answers served that are not out yet, and when the first of them was taken.
  public int answers;

  public long answersBegunNanos;

  /// What the access log needs of the request in progress, once its head is gone.
  public @Nullable Object logged;

  /// tcp_info's bytes_acked when the send deadline was last set: how progress is seen.
  public long acknowledged;

  /// What was left of its deadline when it began to leave.
  public long leftNanos;

  private long addressHigh;
  private long addressLow;
  private int port = -1;

  /// @param counters for what only the connection sees: its bytes and its end
  public Client(Stages stages, net.khttpd.loop.Buffers buffers, Counters counters) {
    this.stages = stages;
    this.counters = counters;
    this.input = new Input(buffers);
  }

  /// Remembers the peer; `scratch` has 16 bytes of room.
  public void peer(SocketAddress address, MemorySegment scratch) {
    address.writeMapped(scratch, 0);
    addressHigh = scratch.get(NETWORK_LONG, 0);
    addressLow = scratch.get(NETWORK_LONG, 8);
    port = address.port();
  }

  /// Remembers the peer of a connection that another loop has had, or whose balancer has told it.
  public void peer(long high, long low, int knownPort) {
    addressHigh = high;
    addressLow = low;
    port = knownPort;
  }

  /// Whether [#peer] has been called: the address costs a system call and is asked for on demand.
  public boolean peerKnown() {
    return port >= 0;
  }

  /// First eight bytes of the 16-byte address (IPv4 mapped), as a number in network order.
  public long addressHigh() {
    return addressHigh;
  }

  public long addressLow() {
    return addressLow;
  }

  public int port() {
    return port;
  }

  @Override
  protected void received(MemorySegment buffer, long offset, int length) {
    boolean own = receivingIntoInput;
    receivingIntoInput = false;
    if (length <= 0) {
      stages.ended(this, length);
      return;
    }
    counters.add(Counter.BYTES_IN, length);
    if (own) {
      input.received(length);
      stages.arrivedInInput(this, length);
    } else {
      stages.arrived(this, buffer, offset, length);
    }
  }

  /// Not null while an exchange needs it.
  public byte[] asked() {
    byte[] head = asked;
    if (head == null) {
      throw new AssertionError("the head was not kept");
    }
    return head;
  }

  @Override
  protected void inputReady(boolean ended) {
    stages.inputReady(this, ended);
  }

  @Override
  protected void readable() {
    Exchange asking = exchange;
    if (asking != null) {
      asking.clientReadable();
    }
  }

  @Override
  protected void receivingStopped() {
    if (!receiving()) {
      receivingIntoInput = false; // a pull that was cancelled has brought nothing
    }
    stages.receivingStopped(this);
  }

  @Override
  protected void sent(long result) {
    stages.sent(this, result);
  }

  @Override
  protected void connected(int result) {
    throw new AssertionError("a client connects to us");
  }

  @Override
  public void found(Entry entry) {
    if (waiter == this) {
      stages.found(this, entry);
    }
  }

  /// Who waits for a look-up.
  public Waiter waiter() {
    return waiter;
  }

  /// The look-up under way was given up: what it still brings finds nobody.
  public void giveUpLookup() {
    waiter = new Successor();
  }

  /// It is its turn to send of its file.
  public void resumed() {
    stages.resumed(this);
  }

  @Override
  protected void expired() {
    stages.expired(this);
  }

  /// Waits in the client's place once a look-up was given up, until another is.
  private final class Successor implements Waiter {
    @Override
    public void found(Entry entry) {
      if (waiter == this) {
        stages.found(Client.this, entry);
      }
    }
  }

  /// It leaves this loop; another one will count it.
  @Override
  protected void detached(int descriptor) {
    counters.add(Counter.CONNECTIONS_NOW, -1);
    stages.detached(this, descriptor);
  }

  /// Also when the engine closed it by itself, after a fault of ours: then nobody has told the
  /// exchange.
  @Override
  protected void closed() {
    counters.add(Counter.CONNECTIONS_NOW, -1);
    counters.add(Counter.BYTES_OUT, sentInVain());
    state = State.CLOSED;
    Exchange untold = exchange;
    try {
      if (untold != null) {
        untold.clientEnded(-Errno.ECANCELED);
      }
    } finally {
      stages.closed(this);
    }
  }
}
