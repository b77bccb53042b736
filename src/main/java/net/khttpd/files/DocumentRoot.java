package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.khttpd.kernel.OpenFlags.AT_FDCWD;
import static net.khttpd.kernel.OpenFlags.AT_STATX_DONT_SYNC;
import static net.khttpd.kernel.OpenFlags.O_DIRECTORY;
import static net.khttpd.kernel.OpenFlags.O_PATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_CACHED;

import java.util.Arrays;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;

/// The document root: a name that is followed each second, so that a deploy may switch the link it
/// goes through. Another (device, inode) under the name is a new generation with its own
/// descriptor. Shared by loops and workers.
public final class DocumentRoot {
  /// How long a check of the name holds: the promise of freshness.
  static final long CHECK_NANOS = 1_000_000_000L;

  private final byte[] name;
  private final Reclaimer reclaimer;
  private volatile Generation current;
  private volatile long checkedNanos;

  DocumentRoot(String name, Reclaimer reclaimer, FileCalls calls, long nowNanos) {
    this.name = name.getBytes(UTF_8);
    this.reclaimer = reclaimer;
    checkedNanos = nowNanos;
    current = open(calls, 1);
  }

  /// What the name stood for at the last check.
  Generation current() {
    return current;
  }

  /// Whether the generation still is what the name stands for. Never blocks: what cannot be
  /// answered from the kernel's caches counts as no.
  boolean fresh(FileCalls calls, Statx statx, long nowNanos) {
    if (nowNanos - checkedNanos <= CHECK_NANOS) {
      return true;
    }
    Generation now = current;
    if (!now.local) {
      return false;
    }
    int descriptor =
        calls.open(AT_FDCWD, name, 0, name.length, O_PATH | O_DIRECTORY, RESOLVE_CACHED);
    if (descriptor < 0) {
      return false;
    }
    boolean same = calls.stat(descriptor, AT_STATX_DONT_SYNC, statx) == 0 && now.is(statx);
    calls.close(descriptor);
    if (same) {
      checkedNanos = nowNanos;
    }
    return same;
  }

  /// Follows the name if the last check is more than a second old; may block. Returns whether there
  /// is a new generation: then all that was found beneath the old one is void. The caller holds the
  /// lock under which generations are compared.
  boolean follow(FileCalls calls, long nowNanos) {
    if (nowNanos - checkedNanos <= CHECK_NANOS) {
      return false;
    }
    Generation old = current;
    Generation found = open(calls, old.number + 1);
    checkedNanos = nowNanos;
    if (found.is(old) || (Errno.noDescriptors(found.descriptor) && stillNames(calls, old))) {
      found.free(calls);
      return false;
    }
    current = found;
    reclaimer.remove(old);
    return true;
  }

  /// For want of a descriptor the name is asked without one: what is remembered must not be void
  /// because too many are connected.
  private boolean stillNames(FileCalls calls, Generation old) {
    var statx = new Statx();
    return calls.stat(AT_FDCWD, name, 0, name.length, statx) == 0 && old.is(statx);
  }

  private Generation open(FileCalls calls, int number) {
    int descriptor = calls.open(AT_FDCWD, name, 0, name.length, O_PATH | O_DIRECTORY, 0);
    if (descriptor < 0) {
      return new Generation(reclaimer, number, descriptor, 0, 0, new byte[0], false);
    }
    Statx statx = new Statx();
    byte[] buffer = new byte[FileCalls.PATH_MAX];
    int error = calls.stat(descriptor, 0, statx);
    int length = calls.nameOf(descriptor, buffer);
    if (error < 0 || length < 0) {
      calls.close(descriptor);
      return new Generation(reclaimer, number, Math.min(error, length), 0, 0, new byte[0], false);
    }
    return new Generation(
        reclaimer,
        number,
        descriptor,
        statx.device(),
        statx.inode(),
        Arrays.copyOf(buffer, length),
        FileSystems.isLocal(calls, descriptor));
  }

  /// One directory the name has stood for.
  static final class Generation extends Counted {
    final int number;

    /// Opened with O_PATH, or `-errno` while the name leads nowhere.
    final int descriptor;

    /// Absolute, links resolved.
    final byte[] realPath;

    final boolean local;
    private final long device;
    private final long inode;

    Generation(
        Reclaimer reclaimer,
        int number,
        int descriptor,
        long device,
        long inode,
        byte[] realPath,
        boolean local) {
      super(reclaimer);
      this.number = number;
      this.descriptor = descriptor;
      this.device = device;
      this.inode = inode;
      this.realPath = realPath;
      this.local = local;
    }

    boolean is(Statx statx) {
      return descriptor >= 0 && inode == statx.inode() && device == statx.device();
    }

    private boolean is(Generation other) {
      return descriptor < 0
          ? descriptor == other.descriptor
          : inode == other.inode
              && device == other.device
              && Arrays.equals(realPath, other.realPath);
    }

    @Override
    void free(FileCalls calls) {
      if (descriptor >= 0) {
        calls.close(descriptor);
      }
    }
  }
}
