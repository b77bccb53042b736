package net.khttpd.send;

import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.LoopFiles;
import net.khttpd.files.ReadAhead;
import net.khttpd.loop.Loop;

/// Keeps sendfile(2) from waiting for a disk, or a mount that hangs, on the loop: before a chunk of
/// a file goes out the kernel is asked whether it has it in memory; if not, a worker reads it and
/// the client waits ([Client#resumed]; its deadline still holds). Used by the loop's thread.
///
/// It asks for the ends of a chunk only: what was thrown out between them, or since, is still read
/// by sendfile(2). A hot file of one chunk costs nothing, others a call or two for each.
final class ColdFiles {
  /// A worker reads; the client is called.
  static final long READING = 0;

  /// It cannot be read, or too many wait for its file system: never read it on the loop.
  static final long FAILED = -1;

  /// What is asked for, and what a worker reads, at a time: a slow client shall not have a whole
  /// file read that it may never take, nor a hop to a worker and back be dearer than the reading.
  private static final long CHUNK_BYTES = 1024 * 1024;

  /// What is known to be held is sent before the kernel is asked again, unless it is less.
  private static final long LEAST_BYTES = FileTurns.TURN_BYTES / 2;

  /// How long an answer of the kernel's is believed.
  private static final long HELD_NANOS = 1_000_000_000L;

  private final Loop loop;
  private final Counters counters;

  ColdFiles(Loop loop, Counters counters) {
    this.loop = loop;
    this.counters = counters;
  }

  /// How many of the client's next bytes are in memory, or [#READING], or [#FAILED].
  long held(Client client, Entry body, LoopFiles files) {
    if (client.readAhead != null) {
      return READING;
    }
    if (client.heldTo < 0) {
      return FAILED;
    }
    long from = client.bodyOffset;
    long held = client.heldTo - from;
    boolean recent = loop.nanos() - client.heldNanos < HELD_NANOS;
    if (recent && held >= Math.min(client.bodyLeft, LEAST_BYTES)) {
      return held;
    }
    long chunk = Math.min(client.bodyLeft, CHUNK_BYTES);
    boolean begins = client.heldTo == 0;
    if (files.holds(body, from, chunk, begins, loop.nanos())) {
      client.heldTo = from + chunk;
      client.heldNanos = loop.nanos();
      return chunk;
    }
    return begin(client, body, chunk, files);
  }

  /// The client is closed: what a worker reads for it finds nobody.
  void forget(Client client) {
    ReadAhead ahead = client.readAhead;
    if (ahead != null) {
      ahead.drop();
      client.readAhead = null;
    }
  }

  private long begin(Client client, Entry body, long length, LoopFiles files) {
    ReadAhead ahead =
        files.readAhead(body, client.bodyOffset, length, done -> finished(client, done));
    if (ahead == null) {
      counters.increment(Counter.READ_AHEAD_FAILURES);
      client.heldTo = FAILED;
      return FAILED;
    }
    counters.increment(Counter.READ_AHEADS);
    client.readAhead = ahead;
    return READING;
  }

  /// A file that ends too soon is sendFile's to notice.
  private void finished(Client client, ReadAhead ahead) {
    if (client.readAhead != ahead) {
      return; // closed meanwhile
    }
    client.readAhead = null;
    if (ahead.failed()) {
      counters.increment(Counter.READ_AHEAD_FAILURES);
      client.heldTo = FAILED;
    } else {
      client.heldTo = ahead.end();
      client.heldNanos = loop.nanos();
    }
    client.resumed();
  }
}
