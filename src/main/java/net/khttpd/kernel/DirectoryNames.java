package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// `struct linux_dirent64` as getdents64(2) writes it, one after the other. Belongs to one thread.
public final class DirectoryNames {
  static final long RECORD_LENGTH = 16;
  static final long NAME = 19;
  private static final int BYTES = 64 * 1024;

  final MemorySegment memory = Arena.ofAuto().allocate(BYTES, Long.BYTES);
  private int at;
  private int end;

  void read(int bytes) {
    at = 0;
    end = bytes;
  }

  /// Whether [#next] has another name.
  public boolean hasNext() {
    return at < end;
  }

  /// The next name, whatever its octets; `.` and `..` are names, too.
  public byte[] next() {
    int length = 0;
    while (memory.get(JAVA_BYTE, at + NAME + length) != 0) {
      length++;
    }
    byte[] name = new byte[length];
    MemorySegment.copy(memory, JAVA_BYTE, at + NAME, name, 0, length);
    at += Short.toUnsignedInt(memory.get(JAVA_SHORT, at + RECORD_LENGTH));
    return name;
  }
}
