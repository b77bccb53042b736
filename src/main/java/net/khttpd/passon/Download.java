package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import net.khttpd.http.BodyFraming;
import net.khttpd.http.ChunkedDecoder;
import net.khttpd.http.FileOrder;
import net.khttpd.http.Method;
import net.khttpd.http.ResponseHead;
import net.khttpd.http.ResponseParser;
import org.jspecify.annotations.Nullable;

/// A response on its way from the backend's bytes into what is sent to the client: heads parsed and
/// written anew, the body counted off or chunked anew. Belongs to one [Relay], which moves the
/// bytes.
///
/// 1. [#begin] for a request.
/// 2. [#take] for all bytes of the backend, in order; interim heads come out as they come in.
/// 3. [#end] if the backend ends its side.
/// 4. When [#complete], nothing more belongs to this response.
final class Download {
  /// The longest head of a response, and its fields: twice what other servers take.
  static final int HEAD_BYTES = 32 * 1024;

  private static final int HEAD_FIELDS = 256;

  /// Interim responses to one request: there is a use for two or three.
  private static final int INTERIMS = 32;

  /// What became of a piece.
  enum Taken {
    /// All of it has been used.
    ALL,
    /// The rest is the beginning of a head, and comes again with what follows it.
    PART_OF_HEAD,
    /// The backend does not speak HTTP, or not to us.
    FAULT
  }

  /// What the client's connection allows, asked when a final head is written.
  interface Terms {
    /// Whether the client's connection will be kept, if the framing lets it.
    boolean keepAlive();

    /// Whether this 101 is what the client asked for, and may be taken now.
    default boolean switchesTo(ResponseHead head) {
      return false;
    }
  }

  /// What is read of a body that gives way to a file, so that the connection can be used again.
  private static final int DISCARDED_BYTES = 64 * 1024;

  private final Output out;
  private final boolean sendfile;
  private final boolean accel;
  private final ResponseWriter writer;
  private final ResponseParser parser = new ResponseParser(HEAD_BYTES, HEAD_FIELDS);
  private @Nullable ChunkedDecoder decoder;
  private Method method = Method.GET;
  private int minorVersion;
  private int interims;
  private int status;
  private long bodyBytes;
  private int used;
  private BodyFraming framing = BodyFraming.NONE;
  private long left;
  private boolean chunked;
  private boolean complete;
  private boolean keepAlive;
  private boolean backendKeeps;
  private long keepSeconds;
  private boolean anything;
  private @Nullable FileOrder order;
  private boolean tunnel;

  Download(Output out) {
    this(out, false, false);
  }

  /// @param sendfile whether `X-Sendfile` orders a file
  /// @param accel whether `X-Accel-Redirect` does
  Download(Output out, boolean sendfile, boolean accel) {
    this.out = out;
    this.sendfile = sendfile;
    this.accel = accel;
    this.writer = new ResponseWriter(sendfile, accel);
  }

  /// @param requestMethod decides whether a body follows
  /// @param clientMinorVersion HTTP/1.0 gets neither interim responses nor chunks
  void begin(Method requestMethod, int clientMinorVersion) {
    bodyBytes = 0;
    method = requestMethod;
    minorVersion = clientMinorVersion;
    interims = 0;
    status = 0;
    complete = false;
    anything = false;
    order = null;
    tunnel = false;
    parser.reset();
  }

  /// The final status, 0 before it is known.
  int status() {
    return status;
  }

  /// Bytes of the body taken so far, without framing.
  long bodyBytes() {
    return bodyBytes;
  }

  boolean answersHead() {
    return method == Method.HEAD;
  }

  /// Whether the backend has said anything.
  boolean anything() {
    return anything;
  }

  boolean complete() {
    return complete;
  }

  /// The file to be sent instead of this response, of which nothing but interim heads is in `out`;
  /// null if there is none.
  @Nullable FileOrder order() {
    return order;
  }

  /// Whether the client's connection goes on after this response; once the status is known.
  boolean keepAlive() {
    return keepAlive;
  }

  /// Whether the backend keeps its connection after this response.
  boolean backendKeeps() {
    return backendKeeps;
  }

  /// How long it says that it keeps it idle (Keep-Alive: timeout); [Long#MAX_VALUE] if it says
  /// nothing.
  long keepSeconds() {
    return keepSeconds;
  }

  /// Whether the backend has switched protocols: all that follows is passed on as it is, and the
  /// backend's end is not that of a message.
  boolean tunnel() {
    return tunnel;
  }

  /// How many bytes are known to follow; 0 if it is not known.
  long expected() {
    return status != 0 && order == null && framing == BodyFraming.LENGTH ? left : 0;
  }

  /// Bytes used by the last [#take].
  int used() {
    return used;
  }

  /// Takes bytes that came, [#used] tells how many of them; what leaves for the client is in `out`.
  ///
  /// @param terms asked when the final head is written
  Taken take(MemorySegment bytes, long offset, int length, Terms terms) {
    anything = true;
    used = 0;
    while (status == 0) {
      int head = parser.parse(bytes, offset + used, length - used);
      if (head == ResponseParser.INCOMPLETE) {
        return Taken.PART_OF_HEAD;
      }
      if (head < 0 || !head(parser.head(), terms)) {
        return Taken.FAULT;
      }
      used += head;
      if (status == 0) {
        parser.reset();
        if (used == length) {
          return Taken.ALL;
        }
      }
    }
    return complete || body(bytes, offset, length) ? Taken.ALL : Taken.FAULT;
  }

  /// How many of `length` bytes of the body may be sent as they are, without [#take]; 0 if they
  /// have to be framed anew.
  int plain(int length) {
    boolean asIs =
        framing == BodyFraming.LENGTH || (framing == BodyFraming.UNTIL_CLOSE && !chunked);
    return status == 0 || complete || !asIs || order != null ? 0 : (int) Math.min(left, length);
  }

  /// Counts bytes that were sent as they are.
  void sentPlain(long length) {
    bodyBytes += length;
    left -= length;
    complete = left == 0;
  }

  /// The backend has ended its side. False: in the middle of something.
  boolean end() {
    if (status == 0 || framing != BodyFraming.UNTIL_CLOSE || tunnel) {
      return false;
    }
    if (chunked) {
      Fields.lastChunk(out);
    }
    complete = true;
    return true;
  }

  private boolean head(ResponseHead head, Terms terms) {
    if (head.status() == 101) {
      return switched(head, terms);
    }
    if (head.status() < 200) {
      if (++interims > INTERIMS) {
        return false;
      }
      if (minorVersion > 0) {
        writer.interim(head, out);
      }
      return true;
    }
    status = head.status();
    framing = head.bodyFraming(method);
    backendKeeps = head.keepAlive() && framing != BodyFraming.UNTIL_CLOSE;
    keepSeconds = KeepAliveField.seconds(head);
    boolean endsItself = framing == BodyFraming.NONE || framing == BodyFraming.LENGTH;
    chunked = !endsItself && minorVersion > 0;
    keepAlive = (endsItself || chunked) && terms.keepAlive();
    complete = framing == BodyFraming.NONE;
    left = framing == BodyFraming.LENGTH ? head.contentLength() : Long.MAX_VALUE;
    if (framing == BodyFraming.CHUNKED) {
      decoder().reset();
    }
    int ordering = FileOrder.field(head, sendfile, accel);
    if (ordering >= 0) {
      order(FileOrder.of(head, ordering));
    } else {
      writer.last(head, chunked, minorVersion, keepAlive, out);
    }
    return true;
  }

  /// The body is read and thrown away if it is short, else the connection is given up.
  private void order(FileOrder of) {
    order = of;
    chunked = false;
    boolean endless = framing == BodyFraming.UNTIL_CLOSE;
    if (endless || (framing == BodyFraming.LENGTH && left > DISCARDED_BYTES)) {
      complete = true;
      backendKeeps = false;
    }
  }

  private void discard() {
    if (bodyBytes > DISCARDED_BYTES) {
      complete = true;
      backendKeeps = false;
    }
  }

  private boolean switched(ResponseHead head, Terms terms) {
    if (!terms.switchesTo(head)) {
      return false;
    }
    tunnel = true;
    status = head.status();
    framing = BodyFraming.UNTIL_CLOSE;
    left = Long.MAX_VALUE;
    chunked = false;
    keepAlive = false;
    backendKeeps = false;
    writer.switched(head, out);
    return true;
  }

  private boolean body(MemorySegment bytes, long offset, int length) {
    if (framing == BodyFraming.CHUNKED) {
      return decode(bytes, offset, length);
    }
    int piece = (int) Math.min(left, length - used);
    if (piece > 0) {
      put(bytes, offset + used, piece);
      used += piece;
      if (framing == BodyFraming.LENGTH) {
        sentPlain(piece);
      } else {
        bodyBytes += piece;
      }
    }
    return true;
  }

  private boolean decode(MemorySegment bytes, long offset, int length) {
    ChunkedDecoder chunks = decoder();
    while (used < length && !chunks.done()) {
      int consumed = chunks.decode(bytes, offset + used, length - used);
      if (consumed < 0) {
        return false;
      }
      used += consumed;
      if (chunks.dataLength() > 0) {
        bodyBytes += chunks.dataLength();
        put(bytes, chunks.dataOffset(), chunks.dataLength());
      }
    }
    if (chunks.done()) {
      complete = true;
      if (chunked) {
        Fields.lastChunk(chunks, out);
      }
    }
    return true;
  }

  private void put(MemorySegment bytes, long offset, int length) {
    if (order != null) {
      discard();
    } else if (chunked) {
      out.chunk(bytes, offset, length);
    } else {
      out.put(bytes, offset, length);
    }
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
