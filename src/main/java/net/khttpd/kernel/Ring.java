package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// One io_uring(7): its three mappings, and the queue arithmetic between them.
///
/// Submission entries are plain stores before the release of the tail; completions are plain loads
/// after the acquire of theirs. SINGLE_ISSUER: only the thread that made the ring may use it, and
/// it unmaps it when it ends. Each mapping is its own bounded segment, so that a wrong index is an
/// exception and not a dead JVM.
public final class Ring implements AutoCloseable {
  private static final int SETUP_CQSIZE = 1 << 3;
  private static final int SETUP_CLAMP = 1 << 4;
  private static final int SETUP_SUBMIT_ALL = 1 << 7;
  private static final int SETUP_COOP_TASKRUN = 1 << 8;
  private static final int SETUP_SINGLE_ISSUER = 1 << 12;
  private static final int SETUP_DEFER_TASKRUN = 1 << 13;
  private static final int SETUP_NO_SQARRAY = 1 << 16;
  private static final int FEAT_SINGLE_MMAP = 1;
  private static final int FEAT_EXT_ARG = 1 << 8;
  private static final long OFF_SQ_RING = 0;
  private static final long OFF_SQES = 0x10000000L;
  private static final int ENTER_GETEVENTS = 1;
  private static final int ENTER_EXT_ARG = 8;
  private static final int ENTER_REGISTERED_RING = 16;
  private static final int SQE_BYTES = 64;
  private static final int CQE_BYTES = 16;
  private static final int SQ_CQ_OVERFLOW = 2;
  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  private final RingCalls calls = new RingCalls();
  private final MemorySegment arguments = Memory.allocate(64);
  private final int fd;
  private final int enterFd;
  private final int enterFlags;
  private final MemorySegment rings;
  private final MemorySegment entries;
  private final MemorySegment sqTail;
  private final MemorySegment sqHead;
  private final MemorySegment sqFlags;
  private final MemorySegment cqHead;
  private final MemorySegment cqTail;
  private final MemorySegment completions;
  private final int sqEntries;
  private final int sqMask;
  private final int cqMask;
  private final int cqEntries;
  private int tail;
  private int submitted;
  private int head;
  private int available;

  /// Makes a ring of `submissions` and `completions` entries (powers of two; clamped by the
  /// kernel).
  ///
  /// @throws KernelRefusal with the errno of io_uring_setup(2) or mmap(2): EPERM where rings are
  ///   forbidden, ENOMEM at the memlock limit, ENOSYS in an old or trimmed kernel
  public Ring(int submissions, int completions) {
    MemorySegment params = Memory.allocate(RingCalls.PARAMS_BYTES);
    try {
      fd = setup(params, submissions, completions);
      sqEntries = Native.intAt(params, 0);
      cqEntries = Native.intAt(params, 4);
      int features = Native.intAt(params, 20);
      if ((features & FEAT_SINGLE_MMAP) == 0 || (features & FEAT_EXT_ARG) == 0) {
        calls.close(fd);
        throw new KernelRefusal("io_uring_setup (needs Linux 5.11)", Errno.ENOSYS);
      }
      boolean sqArray = (Native.intAt(params, 8) & SETUP_NO_SQARRAY) == 0;
      int cqesAt = Native.intAt(params, 80 + 20);
      int arrayAt = Native.intAt(params, 40 + 24);
      long ringBytes =
          Math.max(cqesAt + (long) cqEntries * CQE_BYTES, sqArray ? arrayAt + 4L * sqEntries : 0);
      rings = map(ringBytes, OFF_SQ_RING);
      entries = map((long) sqEntries * SQE_BYTES, OFF_SQES);
      sqHead = rings.asSlice(Native.intAt(params, 40), 4);
      sqTail = rings.asSlice(Native.intAt(params, 44), 4);
      sqMask = Native.intAt(rings, Native.intAt(params, 48));
      sqFlags = rings.asSlice(Native.intAt(params, 56), 4);
      cqHead = rings.asSlice(Native.intAt(params, 80), 4);
      cqTail = rings.asSlice(Native.intAt(params, 84), 4);
      cqMask = Native.intAt(rings, Native.intAt(params, 88));
      this.completions = rings.asSlice(cqesAt, (long) cqEntries * CQE_BYTES);
      for (int i = 0; sqArray && i < sqEntries; i++) {
        rings.set(JAVA_INT, arrayAt + 4L * i, i);
      }
    } finally {
      Memory.free(params);
    }
    arguments.fill((byte) 0);
    int registered = calls.registerRing(fd, arguments);
    enterFd = registered >= 0 ? registered : fd;
    enterFlags = registered >= 0 ? ENTER_REGISTERED_RING : 0;
  }

  /// The next free submission entry, zeroed but for `opcode`, `fd` and `user_data`, as an offset
  /// into [#entries]. When the queue is full, what is queued is submitted first.
  public long next(int opcode, int descriptor, long userData) {
    if (tail - (int) INT.getAcquire(sqHead, 0L) >= sqEntries) {
      submit();
    }
    long at = (long) (tail & sqMask) * SQE_BYTES;
    entries.set(JAVA_LONG, at, (opcode & 0xFF) | ((long) descriptor << 32));
    entries.set(JAVA_LONG, at + 8, 0);
    entries.set(JAVA_LONG, at + 16, 0);
    entries.set(JAVA_LONG, at + 24, 0);
    entries.set(JAVA_LONG, at + 32, userData);
    entries.set(JAVA_LONG, at + 40, 0);
    entries.set(JAVA_LONG, at + 48, 0);
    entries.set(JAVA_LONG, at + 56, 0);
    tail++;
    return at;
  }

  public void flags(long entry, int value) {
    entries.set(JAVA_BYTE, entry + 1, (byte) value);
  }

  public void ioprio(long entry, int value) {
    entries.set(JAVA_SHORT, entry + 2, (short) value);
  }

  public void offset(long entry, long value) {
    entries.set(JAVA_LONG, entry + 8, value);
  }

  public void address(long entry, long value) {
    entries.set(JAVA_LONG, entry + 16, value);
  }

  /// Points `addr` and `len` to bytes of a segment, after checking that they lie inside it.
  public void buffer(long entry, MemorySegment segment, long offset, int length) {
    entries.set(JAVA_LONG, entry + 16, Native.address(segment, offset, length));
    entries.set(JAVA_INT, entry + 24, length);
  }

  public void message(long entry, MessageHeader message) {
    entries.set(JAVA_LONG, entry + 16, message.pointer());
    entries.set(JAVA_INT, entry + 24, 1);
  }

  public void socketAddress(long entry, SocketAddress address) {
    entries.set(JAVA_LONG, entry + 16, address.pointer());
    entries.set(JAVA_LONG, entry + 8, address.length());
  }

  public void length(long entry, int value) {
    entries.set(JAVA_INT, entry + 24, value);
  }

  public void operationFlags(long entry, int value) {
    entries.set(JAVA_INT, entry + 28, value);
  }

  public void bufferGroup(long entry, int value) {
    entries.set(JAVA_SHORT, entry + 40, (short) value);
  }

  /// Queues the cancellation of the operation with this `user_data`; its own completion comes only
  /// if it found nothing, with `tag`.
  public void cancel(long userData, long tag) {
    long entry = next(RingOperation.OP_ASYNC_CANCEL, -1, tag);
    address(entry, userData);
    flags(entry, RingOperation.SQE_CQE_SKIP_SUCCESS);
  }

  /// Submits what is queued and waits for one completion, at most `timeoutNanos` (negative: for
  /// ever, 0: not at all). Returns the number of completions to be read with [#userData].
  public int enter(long timeoutNanos) {
    publish();
    int toSubmit = tail - submitted;
    boolean ready = (int) INT.getAcquire(cqTail, 0L) != head;
    int wait = ready || timeoutNanos == 0 ? 0 : 1;
    if (timeoutNanos > 0) {
      arguments.set(JAVA_LONG, 32, timeoutNanos / 1_000_000_000L);
      arguments.set(JAVA_LONG, 40, timeoutNanos % 1_000_000_000L);
    }
    arguments.set(JAVA_LONG, 16, timeoutNanos > 0 ? arguments.address() + 32 : 0);
    int result =
        calls.enter(
            enterFd,
            toSubmit,
            wait,
            ENTER_GETEVENTS | ENTER_EXT_ARG | enterFlags,
            arguments.address(),
            24);
    settle(result);
    available = (int) INT.getAcquire(cqTail, 0L) - head;
    return available;
  }

  /// user_data of the `i`-th of the completions that [#enter] announced.
  public long userData(int i) {
    return completions.get(JAVA_LONG, at(i));
  }

  public int result(int i) {
    return completions.get(JAVA_INT, at(i) + 8);
  }

  public int completionFlags(int i) {
    return completions.get(JAVA_INT, at(i) + 12);
  }

  /// Gives the entries of the first `count` announced completions back to the kernel.
  public void seen(int count) {
    head += count;
    available -= count;
    INT.setRelease(cqHead, 0L, head);
  }

  /// Whether completions wait in the kernel because the queue was full.
  public boolean overflown() {
    return ((int) INT.getOpaque(sqFlags, 0L) & SQ_CQ_OVERFLOW) != 0;
  }

  /// io_uring_register(2) of a ring of provided buffers: 0 or `-errno`.
  int registerBuffers(MemorySegment ring, int count, int group) {
    return calls.registerBuffers(fd, arguments, ring, count, group);
  }

  /// Raises the bound of worker threads for blocking operations.
  public int maximumWorkers(int bounded, int unbounded) {
    return calls.maximumWorkers(fd, arguments, bounded, unbounded);
  }

  /// Submits what is queued, then ends the ring. The registered descriptor is given back, because
  /// it would keep the ring alive as long as its thread.
  @Override
  public void close() {
    if (tail != submitted) {
      publish();
      int _ = calls.enter(enterFd, tail - submitted, 0, enterFlags, 0, 0);
    }
    if (enterFlags != 0) {
      calls.unregisterRing(fd, arguments, enterFd);
    }
    calls.close(fd);
    calls.unmap(rings);
    calls.unmap(entries);
    Memory.free(arguments);
  }

  private int setup(MemorySegment params, int submissions, int completionEntries) {
    int common = SETUP_CQSIZE | SETUP_CLAMP;
    int deferred = common | SETUP_SUBMIT_ALL | SETUP_SINGLE_ISSUER | SETUP_DEFER_TASKRUN;
    int[] attempts = {
      deferred | SETUP_NO_SQARRAY, deferred, common | SETUP_SUBMIT_ALL | SETUP_COOP_TASKRUN, common
    };
    int result = -Errno.ENOSYS;
    for (int flags : attempts) {
      params.fill((byte) 0);
      params.set(JAVA_INT, 4, completionEntries);
      params.set(JAVA_INT, 8, flags);
      result = calls.setup(submissions, params);
      if (result != -Errno.EINVAL) {
        break; // EINVAL: an older kernel does not know a flag
      }
    }
    if (result < 0) {
      throw new KernelRefusal("io_uring_setup", -result);
    }
    return result;
  }

  private MemorySegment map(long bytes, long offset) {
    long address = calls.map(fd, bytes, offset);
    if (address < 0 && address > -4096) {
      calls.close(fd);
      throw new KernelRefusal("mmap of a ring", (int) -address);
    }
    return Native.segment(address, bytes);
  }

  private void submit() {
    publish();
    settle(calls.enter(enterFd, tail - submitted, 0, enterFlags, 0, 0));
    if (tail - (int) INT.getAcquire(sqHead, 0L) >= sqEntries) {
      throw new AssertionError("the kernel took no submission");
    }
  }

  private void publish() {
    INT.setRelease(sqTail, 0L, tail);
  }

  /// ETIME is the end of the wait, EINTR a signal, EBUSY and EAGAIN a full completion queue that
  /// the coming dispatch empties; what was not taken stays queued.
  private void settle(int result) {
    submitted = (int) INT.getAcquire(sqHead, 0L);
    if (result < 0
        && result != -Errno.ETIME
        && result != -Errno.EINTR
        && result != -Errno.EBUSY
        && result != -Errno.EAGAIN) {
      throw new KernelRefusal("io_uring_enter", -result);
    }
  }

  private long at(int i) {
    return (long) ((head + Objects.checkIndex(i, available)) & cqMask) * CQE_BYTES;
  }
}
