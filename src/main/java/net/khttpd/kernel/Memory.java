package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Off-heap memory whose lifetime the owner decides: `malloc(3)` and `free(3)`.
///
/// Arenas are not used for bodies and buffers: closing a shared arena stops all threads. Whoever
/// allocates must free exactly once, and only when the kernel and every loop are done with the
/// bytes. Thread-safe.
public final class Memory {
  private static final MethodHandle ALIGNED_ALLOC =
      Native.bind("aligned_alloc", JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FREE = Native.bindVoid("free", JAVA_LONG);
  private static final long CACHE_LINE = 64;
  private static final ThreadLocal<MemorySegment> CAPTURE =
      ThreadLocal.withInitial(Native::capture);

  private Memory() {}

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
    try {
      long address = (long) ALIGNED_ALLOC.invokeExact(CAPTURE.get(), alignment, rounded);
      if (address == 0) {
        throw new OutOfMemoryError("aligned_alloc of " + bytes + " bytes");
      }
      return Native.segment(address, bytes);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }

  /// Gives back what [#allocate] returned. The segment must not be touched afterwards.
  public static void free(MemorySegment segment) {
    try {
      FREE.invokeExact(segment.address());
    } catch (Throwable t) {
      throw Native.broken(t);
    }
  }
}
