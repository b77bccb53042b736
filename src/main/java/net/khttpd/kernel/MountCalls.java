package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/// umount2(2). Returns 0 or `-errno`. Links are never followed. An object belongs to one thread.
public final class MountCalls {
  /// Ends the connection of a FUSE mount and fails what waits for it, then unmounts if it can.
  public static final int FORCE = 1;

  /// Takes the mount out of the tree at once, and frees it when nobody uses it any more.
  public static final int DETACH = 2;

  private static final int NOFOLLOW = 8;
  private static final MethodHandle UMOUNT2 = Native.bind("umount2");

  private final MemorySegment errno = Native.capture();
  private final MemorySegment path = Arena.ofAuto().allocate(FileCalls.PATH_MAX);

  /// @param flags 0, or some of [#FORCE] and [#DETACH]
  public int unmount(byte[] name, int flags) {
    if (name.length >= FileCalls.PATH_MAX) {
      return -Errno.ENAMETOOLONG;
    }
    MemorySegment.copy(name, 0, path, JAVA_BYTE, 0, name.length);
    path.set(JAVA_BYTE, name.length, (byte) 0);
    try {
      return Native.callInt(UMOUNT2, errno, path.address(), flags | NOFOLLOW, 0);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
