package net.khttpd.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/// A program of the classic packet filter (socket(7), `linux/filter.h`) off heap, as setsockopt(2)
/// takes it: `struct sock_fprog`, then its instructions (`struct sock_filter { u16 code; u8 jt, jf;
/// u32 k; }`). To be freed by its maker.
final class PacketFilter {
  /// Bytes of `struct sock_fprog { unsigned short len; struct sock_filter *filter; }`.
  static final int PROGRAM_BYTES = 16;

  private static final int INSTRUCTION_BYTES = 8;
  private static final int LOAD_WORD = 0x20;
  private static final int LOAD_BYTE = 0x30;
  private static final int MODULO = 0x94;
  private static final int AND = 0x54;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int RETURN_ACCUMULATOR = 0x16;

  /// Where the kernel keeps a random number for programs (SKF_AD_OFF + SKF_AD_RANDOM).
  private static final int RANDOM = -0x1000 + 56;

  /// The byte of a TCP header (RFC 9293 §3.1) that holds its flags.
  private static final int TCP_FLAGS_AT = 13;

  private static final int SYN = 0x02;
  private static final int SYN_AND_ACK = 0x12;

  final MemorySegment memory;

  private PacketFilter(int instructions) {
    memory = Memory.allocate(PROGRAM_BYTES + (long) instructions * INSTRUCTION_BYTES);
    memory.fill((byte) 0);
    memory.set(JAVA_SHORT, 0, (short) instructions);
    memory.set(JAVA_LONG, 8, memory.address() + PROGRAM_BYTES);
  }

  /// For a group of SO_REUSEPORT: one of the first `count` sockets, by chance.
  static PacketFilter oneOfTheFirst(int count) {
    var filter = new PacketFilter(3);
    filter.set(0, LOAD_WORD, 0, 0, RANDOM);
    filter.set(1, MODULO, 0, 0, count);
    filter.set(2, RETURN_ACCUMULATOR, 0, 0, 0);
    return filter;
  }

  /// For a listening socket: no new connection begins, those that are beginning are completed.
  static PacketFilter noNewConnection() {
    var filter = new PacketFilter(5);
    filter.set(0, LOAD_BYTE, 0, 0, TCP_FLAGS_AT);
    filter.set(1, AND, 0, 0, SYN_AND_ACK);
    filter.set(2, JUMP_IF_EQUAL, 0, 1, SYN);
    filter.set(3, RETURN, 0, 0, 0);
    filter.set(4, RETURN, 0, 0, -1);
    return filter;
  }

  void free() {
    Memory.free(memory);
  }

  private void set(int index, int code, int ifTrue, int ifFalse, int operand) {
    long at = PROGRAM_BYTES + (long) index * INSTRUCTION_BYTES;
    memory.set(JAVA_SHORT, at, (short) code);
    memory.set(JAVA_BYTE, at + 2, (byte) ifTrue);
    memory.set(JAVA_BYTE, at + 3, (byte) ifFalse);
    memory.set(JAVA_INT, at + 4, operand);
  }
}
