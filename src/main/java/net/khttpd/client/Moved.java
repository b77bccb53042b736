package net.khttpd.client;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import net.khttpd.files.Entry;
import net.khttpd.http.ProxyHeader;
import org.jspecify.annotations.Nullable;

/// A client's connection on its way from a loop that ends to another, at a request boundary or
/// between two pieces of a file. It owns the descriptor, a place in the limits, and the file's
/// entry (retained, and those of what follows it); whoever takes it does from then on.
///
/// Everything that a client's future depends on is here. What is not: a parser's state (the bytes
/// of an incomplete head are parsed anew), and answers in memory (they have left).
public final class Moved {
  private final int descriptor;
  private final long addressHigh;
  private final long addressLow;
  private final int port;
  private final ProxyHeader.@Nullable Address destination;
  private final byte[] input;
  private final boolean countedByAddress;
  private final int requests;
  private final boolean headBegun;
  private final boolean inputEnded;
  private final boolean lastAnswer;
  private final boolean linger;
  private final boolean shared;
  private final @Nullable Entry body;
  private final long bodyOffset;
  private final long bodyLeft;
  private final @Nullable ArrayDeque<BodyPart> following;
  private final long leftNanos;
  private final long begunNanos;
  private final int answers;
  private final long answersBegunNanos;

  /// Takes from the client all that it has; it is to be forgotten afterwards.
  public Moved(Client client, int descriptor) {
    this.descriptor = descriptor;
    leftNanos = client.leftNanos;
    begunNanos = client.begunNanos;
    answers = client.answers;
    answersBegunNanos = client.answersBegunNanos;
    addressHigh = client.addressHigh();
    addressLow = client.addressLow();
    port = client.port();
    destination = client.destination;
    countedByAddress = client.countedByAddress;
    requests = client.requests;
    headBegun = client.headBegun;
    inputEnded = client.inputEnded;
    lastAnswer = client.lastAnswer;
    linger = client.linger;
    shared = client.shared;
    body = client.body;
    bodyOffset = client.bodyOffset;
    bodyLeft = client.bodyLeft;
    client.body = null;
    following = client.following;
    client.following = null;
    Input held = client.input;
    input = new byte[held.length()];
    if (!held.isEmpty()) {
      MemorySegment.copy(held.bytes(), JAVA_BYTE, held.start(), input, 0, input.length);
    }
    held.release();
  }

  public int descriptor() {
    return descriptor;
  }

  /// Nanoseconds until the deadline that the connection had.
  public long leftNanos() {
    return leftNanos;
  }

  /// Makes a fresh client what the connection was.
  public void restore(Client client) {
    client.peer(addressHigh, addressLow, port);
    client.destination = destination;
    client.welcome = true;
    client.countedByAddress = countedByAddress;
    client.requests = requests;
    client.begunNanos = begunNanos;
    client.answers = answers;
    client.answersBegunNanos = answersBegunNanos;
    client.headBegun = headBegun;
    client.inputEnded = inputEnded;
    client.lastAnswer = lastAnswer;
    client.linger = linger;
    client.shared = shared;
    client.body = body;
    client.bodyOffset = bodyOffset;
    client.bodyLeft = bodyLeft;
    client.following = following;
    client.state = body == null ? State.READING : State.SENDING;
    if (input.length > 0) {
      client.input.append(MemorySegment.ofArray(input), 0, input.length);
    }
  }
}
