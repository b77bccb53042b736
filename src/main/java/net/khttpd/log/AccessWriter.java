package net.khttpd.log;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/// One loop's end of the access log: a ring of records with a single producer, the loop, and a
/// single consumer, the thread of [AccessLog]. A record is written by [#begin], any of the texts in
/// the order of their methods, and [#commit]; nothing here allocates or waits. Without room the
/// record is dropped and counted.
///
/// The ring itself is allocated with the first record: a server without an access log pays nothing.
public final class AccessWriter {
  /// Bytes of one ring: at 200 a record some 5,000 requests, many times what a loop answers between
  /// two visits of the writing thread.
  static final int RING = 1 << 20;

  private static final int MASK = RING - 1;
  private static final VarHandle HEAD;
  private static final VarHandle TAIL;
  private static final VarHandle DROPPED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(AccessWriter.class, "head", long.class);
      TAIL = lookup.findVarHandle(AccessWriter.class, "tail", long.class);
      DROPPED = lookup.findVarHandle(AccessWriter.class, "dropped", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final AccessLog log;
  private volatile byte @Nullable [] ring; // set once, by the first record

  @SuppressWarnings("UnusedVariable") // by HEAD: how far the consumer has read
  private long head;

  @SuppressWarnings("UnusedVariable") // by TAIL: how far the producer has written
  private long tail;

  @SuppressWarnings("UnusedVariable") // by DROPPED: records without room
  private long dropped;

  private volatile boolean retired;

  // The producer's own: never read by the consumer.
  private byte[] into = new byte[0];
  private long headSeen;
  private long writtenTo;
  private int record;
  private int end;

  AccessWriter(AccessLog log) {
    this.log = log;
  }

  /// Begins a record of a request answered at `epochMillis`; false if there is no room, and then
  /// the other methods must not be called.
  ///
  /// @param addressHigh the first eight bytes of the client's address, IPv4 mapped into IPv6
  /// @param addressLow the last eight, both as numbers in network order
  public boolean begin(long epochMillis, long addressHigh, long addressLow, int port) {
    if (into.length == 0) {
      into = new byte[RING];
      ring = into;
      log.wake();
    }
    if (!makeRoom()) {
      DROPPED.setOpaque(this, (long) DROPPED.getOpaque(this) + 1);
      return false;
    }
    record = (int) writtenTo & MASK;
    for (int offset = 0; offset < Records.HEADER; offset += 8) {
      Records.LONG.set(into, record + offset, 0L);
    }
    Records.LONG.set(into, record + Records.EPOCH_MILLIS, epochMillis);
    Records.LONG.set(into, record + Records.ADDRESS_HIGH, addressHigh);
    Records.LONG.set(into, record + Records.ADDRESS_LOW, addressLow);
    Records.INT.set(into, record + Records.PORT, port);
    end = record + Records.HEADER;
    return true;
  }

  /// The request line, without its line end: bytes `from` to `to` of the segment.
  public void requestLine(MemorySegment bytes, long from, long to) {
    copy(Records.Text.REQUEST_LINE, bytes, from, to);
  }

  /// The host asked for.
  public void host(MemorySegment bytes, long from, long to) {
    copy(Records.Text.HOST, bytes, from, to);
  }

  /// The value of Referer.
  public void referer(MemorySegment bytes, long from, long to) {
    copy(Records.Text.REFERER, bytes, from, to);
  }

  /// The value of User-Agent.
  public void userAgent(MemorySegment bytes, long from, long to) {
    copy(Records.Text.USER_AGENT, bytes, from, to);
  }

  /// The name of the rule by which the request was passed on or refused.
  public void rule(byte[] name) {
    copy(Records.Text.RULE, name);
  }

  /// The name of the backend that answered.
  public void backend(byte[] name) {
    copy(Records.Text.BACKEND, name);
  }

  /// The request's id.
  public void requestId(MemorySegment bytes, long from, long to) {
    copy(Records.Text.REQUEST_ID, bytes, from, to);
  }

  /// The same from an array.
  public void requestId(byte[] bytes, int length) {
    copy(Records.Text.REQUEST_ID, bytes, length);
  }

  /// Ends the record and hands it to the writing thread.
  ///
  /// @param bodyBytes bytes of the body sent
  /// @param durationMicros from the first byte of the request to the last of the response
  public void commit(int status, long bodyBytes, boolean cacheHit, long durationMicros) {
    Records.INT.set(into, record + Records.STATUS, status);
    Records.LONG.set(into, record + Records.BODY_BYTES, bodyBytes);
    Records.INT.set(into, record + Records.CACHE_HIT, cacheHit ? 1 : 0);
    Records.LONG.set(into, record + Records.DURATION_MICROS, durationMicros);
    int length = (end - record + 7) & ~7;
    Records.INT.set(into, record + Records.LENGTH, length);
    long before = writtenTo;
    writtenTo += length;
    TAIL.setRelease(this, writtenTo);
    // Wake the thread once for every quarter of the ring; else it comes by itself.
    if ((before ^ writtenTo) >> (Integer.numberOfTrailingZeros(RING) - 2) != 0) {
      log.wake();
    }
  }

  /// Records dropped for want of room, since the beginning.
  public long dropped() {
    return (long) DROPPED.getOpaque(this);
  }

  void retire() {
    retired = true;
  }

  boolean isUsed() {
    return ring != null;
  }

  boolean isRetired() {
    return retired;
  }

  /// Gives the consumer every whole record; it is to read them before it returns.
  void drainTo(RecordReader reader) {
    long readTo = (long) HEAD.getOpaque(this);
    long readable = (long) TAIL.getAcquire(this);
    byte[] from = ring;
    if (from == null) {
      return;
    }
    while (readTo < readable) {
      int at = (int) readTo & MASK;
      int length = (int) Records.INT.get(from, at + Records.LENGTH);
      if (length > 0) {
        reader.read(from, at);
      }
      readTo += Math.abs(length);
      HEAD.setRelease(this, readTo);
    }
  }

  /// Whether the longest record fits at [#writtenTo], after a skip to the ring's beginning if it
  /// would not be contiguous.
  private boolean makeRoom() {
    int toEnd = RING - ((int) writtenTo & MASK);
    int needed = Records.LONGEST + (toEnd < Records.LONGEST ? toEnd : 0);
    if (writtenTo + needed - headSeen > RING) {
      headSeen = (long) HEAD.getAcquire(this);
      if (writtenTo + needed - headSeen > RING) {
        return false;
      }
    }
    if (toEnd < Records.LONGEST) {
      Records.INT.set(into, ((int) writtenTo & MASK) + Records.LENGTH, -toEnd);
      writtenTo += toEnd; // published together with the record that follows
    }
    return true;
  }

  private void copy(Records.Text text, MemorySegment bytes, long from, long to) {
    int length = (int) Math.min(to - from, text.longest);
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, into, end, length);
    grow(text, length);
  }

  private void copy(Records.Text text, byte[] bytes) {
    copy(text, bytes, bytes.length);
  }

  private void copy(Records.Text text, byte[] bytes, int count) {
    int length = Math.min(count, text.longest);
    System.arraycopy(bytes, 0, into, end, length);
    grow(text, length);
  }

  private void grow(Records.Text text, int length) {
    Records.INT.set(into, record + text.lengthAt, length);
    end += length;
  }

  /// Takes one record, which lies in the array from an offset on.
  @FunctionalInterface
  interface RecordReader {
    void read(byte[] ring, int record);
  }
}
