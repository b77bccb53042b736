package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A canonical path with its hash, as the key of shared tables. Immutable.
public final class PathKey {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  /// Never written to after construction.
  final byte[] bytes;

  final int hash;

  /// @param bytes never written to from now on
  public PathKey(byte[] bytes, int hash) {
    this.bytes = bytes;
    this.hash = hash;
  }

  /// Whether these are the bytes at `offset`; eight at a time, for it runs once per request.
  boolean matches(MemorySegment path, long offset, int length) {
    byte[] mine = bytes;
    if (mine.length != length) {
      return false;
    }
    int i = 0;
    for (; i <= length - Long.BYTES; i += Long.BYTES) {
      if ((long) LONGS.get(mine, i) != path.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + i)) {
        return false;
      }
    }
    for (; i < length; i++) {
      if (mine[i] != path.get(ValueLayout.JAVA_BYTE, offset + i)) {
        return false;
      }
    }
    return true;
  }

  boolean begins(byte[] prefix) {
    int length = prefix.length;
    return bytes.length >= length && Arrays.equals(bytes, 0, length, prefix, 0, length);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PathKey that && that.hash == hash && Arrays.equals(that.bytes, bytes);
  }
}
