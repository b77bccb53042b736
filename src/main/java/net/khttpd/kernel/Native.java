package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// The one place where functions of libc are bound and called, and where an address becomes a
/// bounded segment.
///
/// All functions are bound in one shape, seven words in and one word out, because every further
/// shape costs the JVM some 20 ms at start. That is sound on Linux x86-64 and aarch64 for functions
/// of integers and pointers: their calling conventions pass each in a word of its own, whether the
/// function is variadic or not, a callee looks at the low half of a word for an `int`, and at none
/// that it does not expect.
///
/// Handles are `static final` in the call classes (anything else is seven times slower). No call is
/// ever `critical`: a blocking one would hold up every garbage collection.
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final FunctionDescriptor SHAPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = CAPTURED.varHandle(PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private Native() {}

  /// Binds a libc function of at most seven integers or pointers, for [#callInt] and [#callLong].
  static MethodHandle bind(String function) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(function), SHAPE, CAPTURE);
  }

  /// A segment for `errno`: one for each thread that calls, allocated once.
  static MemorySegment capture() {
    return Arena.ofAuto().allocate(CAPTURED);
  }

  /// Calls a function that returns `int`: its result, or `-errno`.
  static int callInt(MethodHandle function, MemorySegment capture, long a, long b, long c) {
    return callInt(function, capture, a, b, c, 0, 0, 0);
  }

  /// As above, with six arguments.
  static int callInt(
      MethodHandle function,
      MemorySegment capture,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f) {
    try {
      int result = (int) (long) function.invokeExact(capture, a, b, c, d, e, f, 0L);
      return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// Calls a function that returns a word, such as `ssize_t`: its result, or `-errno`.
  static long callLong(
      MethodHandle function, MemorySegment capture, long a, long b, long c, long d) {
    return callLong(function, capture, a, b, c, d, 0, 0, 0);
  }

  /// As above, with seven arguments.
  static long callLong(
      MethodHandle function,
      MemorySegment capture,
      long a,
      long b,
      long c,
      long d,
      long e,
      long f,
      long g) {
    try {
      long result = (long) function.invokeExact(capture, a, b, c, d, e, f, g);
      return result >= 0 ? result : -(int) ERRNO.get(capture, 0L);
    } catch (Throwable t) {
      throw broken(t);
    }
  }

  /// Calls a function that returns a pointer or nothing.
  static long callRaw(MethodHandle function, MemorySegment capture, long a, long b) {
    try {
      return (long) function.invokeExact(capture, a, b, 0L, 0L, 0L, 0L, 0L);
    } catch (Throwable t) {
      throw broken(t);
    }
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

  /// `int` in native byte order, aligned: the layout of all small fields we read.
  static int intAt(MemorySegment segment, long offset) {
    return segment.get(JAVA_INT, offset);
  }

  /// A downcall handle throws nothing of its own: whatever comes out of it is a broken invariant.
  private static AssertionError broken(Throwable cause) {
    return new AssertionError("a downcall failed before it reached the kernel", cause);
  }
}
