package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Memory;
import org.jspecify.annotations.Nullable;

/// What an entry owns: a body off heap, or a descriptor, or neither.
///
/// @param descriptor open for reading, or -1
/// @param hash of the content, or null if nobody needs it
@SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
record Content(@Nullable MemorySegment body, int descriptor, byte @Nullable [] hash) {
  static final Content NONE = new Content(null, -1, null);

  /// The body of an empty file.
  static final MemorySegment EMPTY = MemorySegment.NULL;

  /// There was room for neither body nor descriptor.
  boolean refused() {
    return descriptor == -Errno.EMFILE;
  }

  long bodyBytes() {
    return body == null ? 0 : body.byteSize();
  }

  void free(FileCalls calls) {
    if (body != null && body.byteSize() > 0) {
      Memory.free(body);
    }
    if (descriptor >= 0) {
      calls.close(descriptor);
    }
  }
}
