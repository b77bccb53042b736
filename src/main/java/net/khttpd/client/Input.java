package net.khttpd.client;

import java.lang.foreign.MemorySegment;
import net.khttpd.loop.Buffers;
import org.jspecify.annotations.Nullable;

/// Bytes of a client that have come but were not yet consumed. Owns a buffer only while there are
/// any (or while a receive into it is under way); bounded by [Buffers#LARGEST].
///
/// Used by one loop's thread.
public final class Input {
  private final Buffers buffers;
  private @Nullable MemorySegment buffer;
  private int start;
  private int end;

  Input(Buffers buffers) {
    this.buffers = buffers;
  }

  /// Unread bytes.
  public int length() {
    return end - start;
  }

  public boolean isEmpty() {
    return end == start;
  }

  /// The bytes lie from [#start] on; only while not empty or reserved.
  public MemorySegment bytes() {
    MemorySegment held = buffer;
    if (held == null) {
      throw new AssertionError("no input is held");
    }
    return held;
  }

  public int start() {
    return start;
  }

  /// Appends a copy. False: there is no room for so much unread input.
  public boolean append(MemorySegment from, long offset, int length) {
    if (this.length() + length > Buffers.LARGEST) {
      return false;
    }
    reserve(length);
    MemorySegment.copy(from, offset, bytes(), end, length);
    end += length;
    return true;
  }

  /// Makes sure that `room` bytes can follow what is held, and returns where they go: an offset
  /// into [#bytes]. Must not be called while a receive into the buffer is under way.
  public int reserve(int room) {
    MemorySegment held = buffer;
    if (held == null) {
      buffer = buffers.take(room);
      start = 0;
      end = 0;
    } else if (end + room > held.byteSize()) {
      int length = length();
      if (length + room > held.byteSize()) {
        MemorySegment larger = buffers.take(length + room);
        MemorySegment.copy(held, start, larger, 0, length);
        buffers.giveBack(held);
        buffer = larger;
      } else {
        MemorySegment.copy(held, start, held, 0, length);
      }
      start = 0;
      end = length;
    }
    return end;
  }

  /// `length` bytes have been received where [#reserve] said.
  public void received(int length) {
    end += length;
  }

  /// Forgets the first `length` unread bytes; gives the buffer back when none are left.
  public void consume(int length) {
    start += length;
    if (start > end) {
      throw new AssertionError("consumed more than there is");
    }
    if (start == end) {
      release();
    }
  }

  /// As [#consume], but keeps the buffer even if nothing is left in it: its bytes are still being
  /// looked at. [#trim] follows.
  public void consumeKeeping(int length) {
    start += length;
    if (start > end) {
      throw new AssertionError("consumed more than there is");
    }
  }

  /// Gives the buffer back if nothing is in it; no receive into it may be under way.
  public void trim() {
    if (start == end) {
      release();
    }
  }

  /// Gives the buffer back, and what is unread up.
  public void release() {
    MemorySegment held = buffer;
    if (held != null) {
      buffers.giveBack(held);
      buffer = null;
    }
    start = 0;
    end = 0;
  }
}
