package net.khttpd.loop;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.kernel.Memory;

/// The buffers of one loop: off-heap, in powers of two from 4 KiB to 512 KiB, the hottest given out
/// first. A connection owns some only while bytes of it are on the way.
///
/// Used by one loop's thread. What is out is bounded by the connections (each has at most one
/// input, one output and two relay buffers); what lies free is bounded by [#KEPT_BYTES] in each
/// size.
public final class Buffers implements AutoCloseable {
  private static final int SMALLEST_SHIFT = 12;
  private static final int SIZES = 8;
  private static final int KEPT_BYTES = 1024 * 1024;

  /// The largest buffer there is.
  public static final int LARGEST = 1 << (SMALLEST_SHIFT + SIZES - 1);

  private final List<ArrayDeque<MemorySegment>> free = new ArrayList<>(SIZES);
  private long bytesOut;

  public Buffers() {
    for (int i = 0; i < SIZES; i++) {
      free.add(new ArrayDeque<>());
    }
  }

  /// A buffer of at least `bytes`, at most [#LARGEST].
  public MemorySegment take(int bytes) {
    if (bytes > LARGEST) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    int size = sizeOf(bytes);
    MemorySegment buffer = free.get(size).pollLast();
    bytesOut += 1L << (size + SMALLEST_SHIFT);
    return buffer != null ? buffer : Memory.allocate(1L << (size + SMALLEST_SHIFT));
  }

  /// Takes back what [#take] gave; nothing of it may be in flight.
  public void giveBack(MemorySegment buffer) {
    int size = sizeOf((int) buffer.byteSize());
    ArrayDeque<MemorySegment> kept = free.get(size);
    bytesOut -= buffer.byteSize();
    if (((long) kept.size() << (size + SMALLEST_SHIFT)) < KEPT_BYTES) {
      kept.addLast(buffer);
    } else {
      Memory.free(buffer);
    }
  }

  /// Bytes given out and not yet taken back.
  public long bytesOut() {
    return bytesOut;
  }

  @Override
  public void close() {
    for (ArrayDeque<MemorySegment> kept : free) {
      kept.forEach(Memory::free);
      kept.clear();
    }
  }

  private static int sizeOf(int bytes) {
    int shift = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(bytes, 1) - 1);
    return Math.max(0, shift - SMALLEST_SHIFT);
  }
}
