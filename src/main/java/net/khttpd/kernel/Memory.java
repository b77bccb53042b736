package net.khttpd.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Off-heap memory whose lifetime the owner decides: `malloc(3)` and `free(3)`.
///
/// Arenas are not used for bodies and buffers: closing a shared arena stops all threads. Whoever
/// allocates must free exactly once, and only when the kernel and every loop are done with the
/// bytes. Thread-safe.
public final class Memory {
  private static final MethodHandle ALIGNED_ALLOC = Native.bind("aligned_alloc");
  private static final MethodHandle FREE = Native.bind("free");
  private static final MethodHandle PAGE_SIZE = Native.bind("getpagesize");
  private static final long CACHE_LINE = 64;
  private static final ThreadLocal<MemorySegment> CAPTURE =
      ThreadLocal.withInitial(Native::capture);

  private Memory() {}

  /// The size of a page (getpagesize(2)): 4 KiB, but on aarch64 also 16 or 64 KiB.
  public static long pageBytes() {
    return Native.callInt(PAGE_SIZE, CAPTURE.get(), 0, 0, 0);
  }

  /// At least one and exactly `bytes` bytes, aligned to a cache line, not zeroed.
  ///
  /// @throws OutOfMemoryError if libc has none
  public static MemorySegment allocate(long bytes) {
    return allocate(bytes, CACHE_LINE);
  }

  /// As [#allocate(long)], aligned to `alignment`, a power of two (a page for shared rings).
  public static MemorySegment allocate(long bytes, long alignment) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("bytes=" + bytes);
    }
    long rounded = (bytes + alignment - 1) & -alignment;
    long address = Native.callRaw(ALIGNED_ALLOC, CAPTURE.get(), alignment, rounded);
    if (address == 0) {
      throw new OutOfMemoryError("aligned_alloc of " + bytes + " bytes");
    }
    return Native.segment(address, bytes);
  }

  /// Gives back what [#allocate] returned. The segment must not be touched afterwards.
  public static void free(MemorySegment segment) {
    long _ = Native.callRaw(FREE, CAPTURE.get(), segment.address(), 0);
  }
}
