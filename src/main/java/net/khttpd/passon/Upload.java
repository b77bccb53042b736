package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Input;
import net.khttpd.http.BodyFraming;
import net.khttpd.http.ChunkedDecoder;
import net.khttpd.http.RequestHead;
import org.jspecify.annotations.Nullable;

/// A request's body on its way from the client's input into what is sent to the backend: counted
/// off, or taken out of its chunks and chunked anew, so that no oddity of the client's chunks
/// reaches the backend. Belongs to one [Relay].
final class Upload {
  /// What one send to the backend carries at most, but for [#ARRIVED_BYTES].
  static final int PIECE_BYTES = 32 * 1024;

  /// What arrived with the head is judged whole before anything reaches the backend.
  static final int ARRIVED_BYTES = 256 * 1024;

  private BodyFraming framing = BodyFraming.NONE;
  private long left;
  private @Nullable ChunkedDecoder decoder;
  private boolean done;
  private boolean begun;
  private boolean tunnel;

  /// The backend takes no more; its answer may still come.
  boolean broken;

  void begin(RequestHead head) {
    framing = head.bodyFraming();
    left = head.contentLength();
    done = framing == BodyFraming.NONE;
    begun = false;
    broken = false;
    tunnel = false;
    if (framing == BodyFraming.CHUNKED) {
      decoder().reset();
    }
  }

  boolean hasBody() {
    return framing != BodyFraming.NONE;
  }

  /// Something of the body has come.
  boolean begun() {
    return begun;
  }

  /// All of the body has been taken from the client's input.
  boolean done() {
    return done;
  }

  /// From now on all that comes is moved as it is, until [#end].
  void tunnel() {
    tunnel = true;
    framing = BodyFraming.LENGTH;
    left = Long.MAX_VALUE;
    begun = true;
    done = false;
  }

  boolean isTunnel() {
    return tunnel;
  }

  /// The client's side of the tunnel has ended.
  void end() {
    done = true;
  }

  /// How many bytes are known to follow; 0 if it is not known.
  long expected() {
    return framing == BodyFraming.LENGTH && !tunnel ? left : 0;
  }

  /// Counts bytes that never came into the input.
  void moved(long length) {
    begun = true;
    left -= length;
    done = left == 0;
  }

  /// Moves what has come into `out`, until that holds `most` bytes. False: a chunk is faulty.
  boolean fill(Client client, Output out, int most) {
    if (done || client.input.isEmpty()) {
      return true;
    }
    begun = true;
    if (framing == BodyFraming.CHUNKED) {
      return decode(client.input, out, most);
    }
    int length = (int) Math.min(left, Math.min(client.input.length(), most - out.length()));
    if (length > 0) {
      out.put(client.input.bytes(), client.input.start(), length);
      client.input.consume(length);
      left -= length;
      done = left == 0;
    }
    return true;
  }

  private boolean decode(Input input, Output out, int most) {
    ChunkedDecoder chunks = decoder();
    MemorySegment bytes = input.bytes();
    int start = input.start();
    int end = start + input.length();
    int at = start;
    while (at < end && out.length() < most && !chunks.done()) {
      int consumed = chunks.decode(bytes, at, Math.min(end - at, PIECE_BYTES));
      if (consumed < 0) {
        return false;
      }
      if (chunks.dataLength() > 0) {
        out.chunk(bytes, chunks.dataOffset(), chunks.dataLength());
      }
      at += consumed;
    }
    input.consume(at - start);
    if (chunks.done()) {
      Fields.lastChunk(chunks, out);
      done = true;
    }
    return true;
  }

  private ChunkedDecoder decoder() {
    ChunkedDecoder known = decoder;
    if (known == null) {
      known = new ChunkedDecoder();
      decoder = known;
    }
    return known;
  }
}
