package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/// A `struct msghdr` with two `struct iovec` (sendmsg(2)): a head and a body that lie apart.
///
/// Layout, 64-bit: msghdr 56 bytes (name 0, namelen 8, iov 16, iovlen 24, control 32, controllen
/// 40, flags 48), then two iovecs (base, length) at 64 and 80. Must stay unchanged while a send of
/// it is in flight. Used by one loop.
public final class MessageHeader {
  private static final long IOV_AT = 64;

  private final MemorySegment bytes = Memory.allocate(96);

  public MessageHeader() {
    bytes.fill((byte) 0);
    bytes.set(JAVA_LONG, 16, bytes.address() + IOV_AT);
    bytes.set(JAVA_LONG, 24, 2);
  }

  /// Points to `headLength` bytes of `head`, then `bodyLength` bytes of `body`.
  public void point(
      MemorySegment head,
      long headOffset,
      int headLength,
      MemorySegment body,
      long bodyOffset,
      int bodyLength) {
    bytes.set(JAVA_LONG, IOV_AT, Native.address(head, headOffset, headLength));
    bytes.set(JAVA_LONG, IOV_AT + 8, headLength);
    bytes.set(JAVA_LONG, IOV_AT + 16, Native.address(body, bodyOffset, bodyLength));
    bytes.set(JAVA_LONG, IOV_AT + 24, bodyLength);
  }

  /// Moves both pieces on by `sent` bytes, after a short send.
  public void advance(int sent) {
    long headLength = bytes.get(JAVA_LONG, IOV_AT + 8);
    long ofHead = Math.min(sent, headLength);
    move(IOV_AT, ofHead);
    move(IOV_AT + 16, sent - ofHead);
  }

  /// Frees the memory; no send of it may be in flight.
  public void free() {
    Memory.free(bytes);
  }

  long pointer() {
    return bytes.address();
  }

  private void move(long iovec, long by) {
    bytes.set(JAVA_LONG, iovec, bytes.get(JAVA_LONG, iovec) + by);
    bytes.set(JAVA_LONG, iovec + 8, bytes.get(JAVA_LONG, iovec + 8) - by);
  }
}
