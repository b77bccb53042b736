package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// Takes the chunked transfer coding off a body, strictly and incrementally, in both directions
/// (RFC 9112 §7.1). Allocates only when trailers arrive, once. Used by one loop.
///
/// 1. [#reset] begins a body.
/// 2. [#decode] is called with what has arrived and not been consumed; each call finds at most one
///    run of chunk data, at [#dataOffset] and [#dataLength], which the caller takes where it lies.
/// 3. When [#done], the octets behind those consumed belong to the next message, and [#trailers]
///    are known.
public final class ChunkedDecoder {
  /// Octets that all trailer fields together may take.
  public static final int TRAILERS_MAX = 4096;

  private static final int TRAILER_FIELDS_MAX = 32;

  private static final int LINE = 0;
  private static final int DATA = 1;
  private static final int DATA_CR = 2;
  private static final int DATA_LF = 3;
  private static final int LAST_LINE = 4;
  private static final int LAST_LF = 5;
  private static final int TRAILERS = 6;
  private static final int DONE = 7;
  private static final int FAULTY = 8;

  private final ChunkLineParser line = new ChunkLineParser();
  private final FieldSection trailers = new FieldSection(TRAILER_FIELDS_MAX);
  private final FieldParser trailerParser = new FieldParser(trailers, true);
  private MemorySegment trailerBytes = MemorySegment.NULL;
  private int trailerLength;
  private int state;
  private long left;
  private long dataOffset;
  private int dataLength;
  private int fault;

  public ChunkedDecoder() {
    reset();
  }

  /// Begins a new body.
  public void reset() {
    line.reset();
    trailers.reset();
    trailerParser.reset(0);
    trailerLength = 0;
    state = LINE;
    left = 0;
    dataOffset = 0;
    dataLength = 0;
    fault = 0;
  }

  /// Consumes octets from [offset, offset + length) of `bytes`, up to and with the first run of
  /// chunk data, or to the end of the body. Returns how many, or minus the status: 400, or 431 for
  /// trailers beyond their bounds; from a backend, either means 502. After a fault every call
  /// repeats it.
  public int decode(MemorySegment bytes, long offset, int length) {
    dataLength = 0;
    int i = 0;
    while (i < length && state < DONE && dataLength == 0) {
      if (state == DATA) {
        i = data(offset, i, length);
      } else {
        accept(Octets.at(bytes, offset + i));
        i++;
      }
    }
    return state == FAULTY ? fault : i;
  }

  /// Where the run of chunk data begins, in the segment given to the last [#decode].
  public long dataOffset() {
    return dataOffset;
  }

  /// Octets in the run of chunk data that the last [#decode] found; 0 for none.
  public int dataLength() {
    return dataLength;
  }

  /// Whether the last chunk and the trailers are consumed.
  public boolean done() {
    return state == DONE;
  }

  /// The trailer fields, those that RFC 9110 §6.5.1 forbids left out, once [#done]; their offsets
  /// count from the start of [#trailerBytes].
  public FieldSection trailers() {
    return trailers;
  }

  /// A copy of the trailer section that lives until [#reset].
  public MemorySegment trailerBytes() {
    return trailerBytes;
  }

  private int data(long offset, int from, int length) {
    dataOffset = offset + from;
    dataLength = (int) Math.min(left, length - from);
    left -= dataLength;
    if (left == 0) {
      state = DATA_CR;
    }
    return from + dataLength;
  }

  private void accept(int octet) {
    switch (state) {
      case LINE -> line(octet);
      case DATA_CR -> expect(octet, '\r', DATA_LF);
      case DATA_LF -> {
        line.nextLine();
        expect(octet, '\n', LINE);
      }
      case LAST_LINE -> lastLine(octet);
      case LAST_LF -> expect(octet, '\n', DONE);
      default -> trailer(octet);
    }
  }

  /// Almost no body has trailers: without them, no buffer is needed.
  private void lastLine(int octet) {
    if (octet == '\r') {
      state = LAST_LF;
    } else {
      state = TRAILERS;
      trailer(octet);
    }
  }

  private void expect(int octet, int expected, int next) {
    if (octet == expected) {
      state = next;
    } else {
      refuse(-400);
    }
  }

  private void line(int octet) {
    int result = line.accept(octet);
    if (result == ChunkLineParser.FAULT) {
      refuse(-400);
    } else if (result == ChunkLineParser.COMPLETE) {
      left = line.size();
      state = left == 0 ? LAST_LINE : DATA;
    }
  }

  private void trailer(int octet) {
    if (trailerBytes.byteSize() == 0) {
      trailerBytes = MemorySegment.ofArray(new byte[TRAILERS_MAX]);
    }
    if (trailerLength == TRAILERS_MAX) {
      refuse(-431);
      return;
    }
    trailerBytes.set(Octets.OCTET, trailerLength++, (byte) octet);
    int result = trailerParser.parse(trailerBytes, 0, trailerLength);
    if (result < 0) {
      refuse(result);
    } else if (result == FieldParser.COMPLETE) {
      state = DONE;
    }
  }

  private void refuse(int status) {
    fault = status;
    state = FAULTY;
  }
}
