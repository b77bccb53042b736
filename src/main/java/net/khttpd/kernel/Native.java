package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// The one place where functions of libc are bound and where an address becomes a bounded segment.
///
/// Every call class of this package keeps its handles in `static final` fields (anything else is
/// seven times slower) and returns what the raw system call would: a result of 0 or more, or
/// `-errno`. No call is ever `critical`: a blocking one would hold up every garbage collection.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));

  private Native() {}

  /// Binds a libc function. The handle's first parameter is the segment made by [#capture], which
  /// receives `errno`.
  static MethodHandle bind(String function, MemoryLayout result, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(function),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }

  /// As [#bind], for a function without a result that leaves `errno` alone.
  static MethodHandle bindVoid(String function, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(function), FunctionDescriptor.ofVoid(parameters));
  }

  /// As [#bind], for a variadic function whose parameters from `firstVariadic` on are variadic.
  static MethodHandle bindVariadic(
      String function, int firstVariadic, MemoryLayout result, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(function),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(firstVariadic));
  }

  /// A segment for `errno`: one for each thread that calls, allocated once.
  static MemorySegment capture() {
    return Arena.ofAuto().allocate(CAPTURED);
  }

  /// `result` if it is 0 or more, else `-errno` as captured by the call just made.
  static int orErrno(int result, MemorySegment capture) {
    return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
  }

  /// `result` if it is 0 or more, else `-errno` as captured by the call just made.
  static long orErrno(long result, MemorySegment capture) {
    return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
  }

  /// The address of `length` bytes from `offset`, after checking that they lie inside the segment.
  static long address(MemorySegment segment, long offset, long length) {
    Objects.checkFromIndexSize(offset, length, segment.byteSize());
    return segment.address() + offset;
  }

  /// A segment of exactly `bytes` at an address the kernel or libc gave us. It is never freed by
  /// the JVM: the caller owns the mapping or allocation.
  static MemorySegment segment(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  /// A downcall handle throws nothing of its own: whatever comes out of it is a broken invariant.
  static AssertionError broken(Throwable cause) {
    return new AssertionError("a downcall failed before it reached the kernel", cause);
  }

  /// `int` in native byte order, aligned: the layout of all small fields we read.
  static int intAt(MemorySegment segment, long offset) {
    return segment.get(JAVA_INT, offset);
  }
}
