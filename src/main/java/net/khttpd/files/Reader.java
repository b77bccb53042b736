package net.khttpd.files;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.Statx;
import org.jspecify.annotations.Nullable;

/// Reads a file that was opened for reading: its content into memory if it is small and there is
/// room, its hash if somebody needs one. Made for one look-up of one worker; may block.
final class Reader {
  /// What is given back when even a descriptor is too much.
  static final Content NO_ROOM = new Content(null, -Errno.EMFILE, null);

  private static final int HASH_BYTES = 16;
  private static final int CHUNK_BYTES = 256 * 1024;

  private final FileCalls calls;
  private final Room room;
  private final Config config;
  private final Statx statx;

  Reader(Tools tools, Room room, Config config) {
    this.calls = tools.calls;
    this.statx = tools.again;
    this.room = room;
    this.config = config;
  }

  /// Takes over the descriptor. The content of exactly the version `facts` speaks of, null if the
  /// file is another by now.
  @Nullable Content read(int descriptor, Facts facts) {
    if (!unchanged(descriptor, facts)) {
      calls.close(descriptor);
      return null;
    }
    if (facts.size() < config.sendfileMin()
        && facts.size() <= Integer.MAX_VALUE
        && room.admitBody(facts.size())) {
      return intoMemory(descriptor, facts);
    }
    if (!room.admitDescriptor()) {
      calls.close(descriptor);
      return NO_ROOM;
    }
    byte[] hash = wantsHash(facts) ? hashOfFile(descriptor, facts.size()) : null;
    if ((wantsHash(facts) && hash == null) || !unchanged(descriptor, facts)) {
      room.freedDescriptor();
      calls.close(descriptor);
      return null;
    }
    return new Content(null, descriptor, hash);
  }

  private @Nullable Content intoMemory(int descriptor, Facts facts) {
    long size = facts.size();
    MemorySegment body = size == 0 ? Content.EMPTY : Memory.allocate(size);
    boolean complete = fill(descriptor, body, 0, size) && unchanged(descriptor, facts);
    calls.close(descriptor);
    if (!complete) {
      room.freedBody(size);
      if (size > 0) {
        Memory.free(body);
      }
      return null;
    }
    byte[] hash = null;
    if (wantsHash(facts)) {
      MessageDigest digest = digest();
      digest.update(body.asByteBuffer());
      hash = Arrays.copyOf(digest.digest(), HASH_BYTES);
    }
    return new Content(body, -1, hash);
  }

  private boolean unchanged(int descriptor, Facts facts) {
    return calls.stat(descriptor, 0, statx) == 0 && facts.sameVersion(statx);
  }

  private boolean wantsHash(Facts facts) {
    return config.etagContent() || !facts.dated();
  }

  /// False at an early end or an error.
  private boolean fill(int descriptor, MemorySegment into, long fileOffset, long length) {
    long done = 0;
    while (done < length) {
      long read = calls.pread(descriptor, into, done, length - done, fileOffset + done);
      if (read == -Errno.EINTR) {
        continue;
      }
      if (read <= 0) {
        return false;
      }
      done += read;
    }
    return true;
  }

  private byte @Nullable [] hashOfFile(int descriptor, long size) {
    MessageDigest digest = digest();
    MemorySegment chunk = Memory.allocate(CHUNK_BYTES);
    try {
      for (long at = 0; at < size; at += CHUNK_BYTES) {
        long length = Math.min(CHUNK_BYTES, size - at);
        if (!fill(descriptor, chunk, at, length)) {
          return null;
        }
        digest.update(chunk.asSlice(0, length).asByteBuffer());
      }
    } finally {
      Memory.free(chunk);
    }
    return Arrays.copyOf(digest.digest(), HASH_BYTES);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
