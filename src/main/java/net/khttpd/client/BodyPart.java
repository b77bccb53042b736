package net.khttpd.client;

import net.khttpd.files.Entry;

/// A part of an answer's body that has not begun to leave: a body is a sequence of bytes in memory
/// and slices of files. Immutable.
public sealed interface BodyPart {
  long length();

  /// Bytes of our own, a few hundred at most. Not to be written to.
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record
  record Text(byte[] bytes) implements BodyPart {
    @Override
    public long length() {
      return bytes.length;
    }
  }

  /// A piece of a file, in memory or open. Its entry is retained as long as the part is queued.
  record Slice(Entry entry, long offset, long length) implements BodyPart {}
}
