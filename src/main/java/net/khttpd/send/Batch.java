package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import net.khttpd.client.BodyPart;
import net.khttpd.client.Client;
import net.khttpd.files.Entry;
import net.khttpd.loop.Buffers;
import org.jspecify.annotations.Nullable;

/// A client's answers as they gather: the output, and what follows it. Used by one loop; what the
/// kernel has been given is not written to.
final class Batch {
  /// Bodies up to this size are copied: measured, a copy of 16 KiB costs less than a second iovec.
  private static final int COPIED_BYTES = 16 * 1024;

  /// One batch of answers at most; then the client must take some before it is read on.
  private static final int BATCH_BYTES = 32 * 1024;

  private final Buffers buffers;

  Batch(Buffers buffers) {
    this.buffers = buffers;
  }

  /// Room for so many bytes behind what the output holds, or null: there is none in this batch, or
  /// a body has ended it.
  @Nullable MemorySegment room(Client client, int bytes) {
    MemorySegment out = client.output;
    if (client.sending || client.body != null) {
      return null;
    }
    if (out == null) {
      client.outputLength = 0;
      client.output = buffers.take(bytes);
      return client.output;
    }
    int needed = client.outputLength + bytes;
    if (needed <= out.byteSize()) {
      return out;
    }
    if (needed > BATCH_BYTES) {
      return null;
    }
    MemorySegment larger = buffers.take(BATCH_BYTES);
    MemorySegment.copy(out, 0, larger, 0, client.outputLength);
    buffers.giveBack(out);
    client.output = larger;
    return larger;
  }

  /// Queues the next parts of the answer, up to a slice that is not copied, or as far as the output
  /// reaches.
  void goOn(Client client) {
    ArrayDeque<BodyPart> following = client.following;
    while (following != null && client.body == null) {
      BodyPart next = following.peek();
      if (next == null) {
        client.following = null;
        return;
      }
      int copied =
          switch (next) {
            case BodyPart.Text text -> text.bytes().length;
            case BodyPart.Slice slice -> copied(slice.entry(), slice.length());
          };
      MemorySegment out = copied == 0 ? client.output : room(client, copied);
      if (copied > 0 && out == null) {
        return; // once the output is out
      }
      following.remove();
      switch (next) {
        case BodyPart.Text text -> append(client, out, text.bytes());
        case BodyPart.Slice slice -> {
          append(client, out, slice.entry(), slice.offset(), slice.length());
          slice.entry().release(); // who sends it has retained it
        }
      }
    }
  }

  private static void append(Client client, @Nullable MemorySegment out, byte[] bytes) {
    if (out != null) {
      MemorySegment.copy(bytes, 0, out, JAVA_BYTE, client.outputLength, bytes.length);
      client.outputLength += bytes.length;
    }
  }

  /// Puts a slice into the output, or behind it.
  static void append(
      Client client, @Nullable MemorySegment out, Entry entry, long offset, long length) {
    if (length == 0) {
      return;
    }
    MemorySegment memory = entry.body();
    if (out != null && memory != null && length <= COPIED_BYTES) {
      MemorySegment.copy(memory, offset, out, client.outputLength, length);
      client.outputLength += (int) length;
      return;
    }
    retain(entry);
    client.body = entry;
    client.bodyOffset = offset;
    client.bodyLeft = length;
    client.heldTo = 0;
  }

  /// How much of a slice is copied into the output.
  static int copied(Entry entry, long length) {
    return entry.body() != null && length <= COPIED_BYTES ? (int) length : 0;
  }

  static void retain(Entry entry) {
    if (!entry.retain()) {
      throw new AssertionError("a fresh entry is gone");
    }
  }

  /// The output is out, or of no use any more.
  void giveBackOutput(Client client) {
    MemorySegment out = client.output;
    if (out != null) {
      buffers.giveBack(out);
      client.output = null;
      client.outputLength = 0;
    }
  }

  /// Gives back all that the client holds; nothing may be in flight.
  void release(Client client) {
    giveBackOutput(client);
    Entry body = client.body;
    if (body != null) {
      body.release();
      client.body = null;
    }
    ArrayDeque<BodyPart> following = client.following;
    if (following != null) {
      client.following = null;
      for (BodyPart part : following) {
        if (part instanceof BodyPart.Slice slice) {
          slice.entry().release();
        }
      }
    }
  }
}
