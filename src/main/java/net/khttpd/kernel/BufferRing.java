package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// The provided buffers of one ring (io_uring_register_buf_ring(3)): receives take from it only
/// when bytes have come, so that idle connections own no memory.
///
/// Layout: `count` entries of 16 bytes (address 0, length 8, id 12), whose first entry holds the
/// tail at offset 14. A buffer taken by a completion is ours until [#giveBack]. Used by the loop's
/// thread; freed after the ring is closed.
public final class BufferRing {
  private static final int ENTRY_BYTES = 16;
  private static final long TAIL_AT = 14;
  private static final VarHandle SHORT = ValueLayout.JAVA_SHORT.varHandle();

  private final MemorySegment ring;
  private final MemorySegment buffers;
  private final int bufferBytes;
  private final int mask;
  private short tail;

  /// @param count a power of two
  /// @throws KernelRefusal if the kernel (before 5.19) knows no provided buffer rings
  public BufferRing(Ring owner, int group, int count, int bufferBytes) {
    this.bufferBytes = bufferBytes;
    this.mask = count - 1;
    ring = Memory.allocate((long) count * ENTRY_BYTES, Memory.pageBytes());
    ring.fill((byte) 0);
    buffers = Memory.allocate((long) count * bufferBytes, Memory.pageBytes());
    int result = owner.registerBuffers(ring, count, group);
    if (result < 0) {
      free();
      throw new KernelRefusal("io_uring_register of a buffer ring", -result);
    }
    for (int id = 0; id < count; id++) {
      giveBack(id);
    }
  }

  /// All buffers: that of `id` begins at [#offset].
  public MemorySegment buffers() {
    return buffers;
  }

  public long offset(int id) {
    return (long) Objects.checkIndex(id, mask + 1) * bufferBytes;
  }

  /// Lets the kernel fill the buffer again.
  public void giveBack(int id) {
    long address = buffers.address() + offset(id);
    long entry = (long) (tail & mask) * ENTRY_BYTES;
    ring.set(JAVA_LONG, entry, address);
    ring.set(JAVA_INT, entry + 8, bufferBytes);
    ring.set(JAVA_SHORT, entry + 12, (short) id);
    tail++;
    SHORT.setRelease(ring, TAIL_AT, tail);
  }

  public void free() {
    Memory.free(ring);
    Memory.free(buffers);
  }
}
