package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;

/// recvmsg(2) of bytes and perhaps a descriptor: what a receiver of sockets does.
public final class DescriptorReceiver {
  private static final MethodHandle RECVMSG = Native.bind("recvmsg");
  private static final int BYTES = 64 * 1024;

  /// @param descriptor -1 if none came
  public record Message(byte[] bytes, int descriptor) {}

  private DescriptorReceiver() {}

  /// The next message, or part of one; empty at the end or if nothing is there.
  public static Message receive(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(BYTES);
      MemorySegment message = arena.allocate(96, 8);
      message.set(JAVA_LONG, 16, message.address() + 56);
      message.set(JAVA_LONG, 24, 1);
      message.set(JAVA_LONG, 32, message.address() + 72);
      message.set(JAVA_LONG, 40, 24);
      message.set(JAVA_LONG, 56, room.address());
      message.set(JAVA_LONG, 64, BYTES);
      MemorySegment errno = Native.capture();
      int length = (int) Native.callLong(RECVMSG, errno, fd, message.address(), 0, 0);
      boolean one = message.get(JAVA_LONG, 40) >= 20;
      byte[] bytes = new byte[Math.max(length, 0)];
      MemorySegment.copy(room, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
      return new Message(Arrays.copyOf(bytes, bytes.length), one ? message.get(JAVA_INT, 88) : -1);
    }
  }
}
