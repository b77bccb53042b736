package net.khttpd.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// The layout of an access record in a ring: fixed fields, then the copied texts one after the
/// other. Every record begins at a multiple of eight and is contiguous.
final class Records {
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

  /// The whole record's length, a multiple of eight; negative: skip so many bytes to the ring's
  /// end.
  static final int LENGTH = 0;

  static final int STATUS = 4;
  static final int EPOCH_MILLIS = 8;
  static final int ADDRESS_HIGH = 16;
  static final int ADDRESS_LOW = 24;
  static final int BODY_BYTES = 32;
  static final int DURATION_MICROS = 40;
  static final int PORT = 48;

  /// 1 if the file came from the cache, else 0.
  static final int CACHE_HIT = 52;

  /// An int with the length of each text.
  static final int TEXT_LENGTHS = 56;

  /// The texts of a record, in their order, each cut to its longest.
  enum Text {
    REQUEST_LINE(0, 4096),
    HOST(1, 256),
    REFERER(2, 2048),
    USER_AGENT(3, 1024),
    RULE(4, 64),
    BACKEND(5, 128),
    REQUEST_ID(6, 128);

    /// Where the record holds its length.
    final int lengthAt;

    final int longest;

    Text(int index, int longest) {
      this.lengthAt = TEXT_LENGTHS + 4 * index;
      this.longest = longest;
    }
  }

  private static final int TEXTS = Text.values().length;

  /// Where the first text begins.
  static final int HEADER = (TEXT_LENGTHS + 4 * TEXTS + 7) & ~7;

  /// The longest record.
  static final int LONGEST = HEADER + ((4096 + 256 + 2048 + 1024 + 64 + 128 + 128 + 7) & ~7);

  private Records() {}
}
