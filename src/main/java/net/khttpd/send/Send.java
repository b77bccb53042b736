package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.View;
import net.khttpd.http.HttpDate;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Engine;
import net.khttpd.loop.Loop;
import net.khttpd.send.HeadTemplate.Persistence;
import org.jspecify.annotations.Nullable;

/// The send stage of one loop.
///
/// Answers gather in the client's output until a batch is complete; heads and small bodies are
/// copied into it and leave in one send. A larger body ends the batch: from memory it leaves
/// together with the output (sendmsg), from a file behind it (sendfile, as [FileTurns] grants and
/// once [ColdFiles] knows that it is in memory). What the kernel has been given is not written to
/// until it is out.
public final class Send {
  /// Bodies up to this size are copied: measured, a copy of 16 KiB costs less than a second iovec.
  private static final int COPIED_BYTES = 16 * 1024;

  /// One batch of answers at most; then the client must take some before it is read on.
  private static final int BATCH_BYTES = 32 * 1024;

  /// What became of a flush.
  public enum Flushed {
    /// All is out.
    DONE,
    /// The engine will tell ([#sent]), or the next turn goes on.
    PENDING,
    /// The client is gone, or a file shrank: the connection must be closed by a reset.
    BROKEN
  }

  private final Loop loop;
  private final Engine engine;
  private final Buffers buffers;
  private final ColdFiles cold;
  private final Counters counters;
  private final FileTurns turns;
  private final MemorySegment date = Memory.allocate(HttpDate.LENGTH);
  private View view;
  private boolean named = true;
  private long dateSecond = Long.MIN_VALUE;

  public Send(Loop loop, Buffers buffers, View view, Counters counters) {
    this.loop = loop;
    this.view = view;
    this.engine = loop.engine();
    this.buffers = buffers;
    this.counters = counters;
    turns = new FileTurns(loop);
    cold = new ColdFiles(loop, counters);
  }

  /// From now on files are looked at through this view.
  public void apply(View files) {
    view = files;
  }

  /// From now on heads say Server, or do not.
  public void name(boolean server) {
    named = server;
  }

  /// Queues a file's answer; returns its length on the wire, or -1 if the batch is full: flush
  /// first.
  ///
  /// @param withBody false for HEAD
  public long serve(
      Client client, HeadTemplate head, Entry entry, boolean withBody, Persistence persistence) {
    long size = withBody ? entry.facts().size() : 0;
    MemorySegment body = entry.body();
    boolean copied = body != null && size <= COPIED_BYTES;
    MemorySegment out = room(client, head.maxLength() + (copied ? (int) size : 0));
    if (out == null) {
      return -1;
    }
    int at = client.outputLength;
    int length = head.write(out, at, named, persistence, date());
    if (copied && body != null) {
      MemorySegment.copy(body, 0, out, at + (long) length, size);
      length += (int) size;
    } else if (size > 0) {
      if (!entry.retain()) {
        throw new AssertionError("a fresh entry is gone");
      }
      client.body = entry;
      client.bodyOffset = 0;
      client.bodyLeft = size;
      client.heldTo = 0;
    }
    client.outputLength = at + length;
    return copied ? length : length + size;
  }

  /// Queues an answer with a small body of our own; returns its length, or -1 as [#serve].
  public long answer(Client client, HeadTemplate head, byte[] body, Persistence persistence) {
    MemorySegment out = room(client, head.maxLength() + body.length);
    if (out == null) {
      return -1;
    }
    int at = client.outputLength;
    int length = head.write(out, at, named, persistence, date());
    MemorySegment.copy(body, 0, out, JAVA_BYTE, at + (long) length, body.length);
    client.outputLength = at + length + body.length;
    return (long) length + body.length;
  }

  /// Whether another answer may join the batch: nothing is in flight, no large body has ended it,
  /// and it does not hold the connection's last answer.
  public boolean takes(Client client) {
    return !client.sending && client.body == null && !client.lastAnswer;
  }

  /// Hands what is queued to the engine.
  public Flushed flush(Client client) {
    while (!client.sending) {
      MemorySegment out = client.output;
      Entry body = client.body;
      long result;
      if (out != null) {
        result = sendOutput(client, out, body);
      } else if (body != null) {
        result = sendFile(client, body);
      } else {
        if (client.answers > 0) {
          counters.served().outThisTurn(client.answersBegunNanos, client.answers);
          client.answers = 0;
        }
        return Flushed.DONE;
      }
      if (result == FileTurns.LATER) {
        return Flushed.PENDING; // others first, or a worker
      }
      if (result == Engine.PENDING) {
        client.sending = true;
        return Flushed.PENDING;
      }
      if (!account(client, result)) {
        return Flushed.BROKEN;
      }
    }
    return Flushed.PENDING;
  }

  /// Takes the result of a send that was pending; false: the connection must be closed by a reset.
  public boolean sent(Client client, long result) {
    client.sending = false;
    boolean sound = result == Engine.ROOM || account(client, result);
    if (sound && client.answers > 0 && !holds(client)) {
      counters.served().out(client.answersBegunNanos, client.answers, loop.nanos());
      client.answers = 0;
    }
    return sound;
  }

  /// Whether answers of ours are queued or in flight.
  public static boolean holds(Client client) {
    return client.output != null || client.body != null;
  }

  /// Gives back what the client holds; nothing may be in flight.
  public void release(Client client) {
    MemorySegment out = client.output;
    if (out != null) {
      buffers.giveBack(out);
      client.output = null;
      client.outputLength = 0;
    }
    Entry body = client.body;
    if (body != null) {
      body.release();
      client.body = null;
    }
    cold.forget(client);
  }

  /// The 29 bytes of this second's date.
  public MemorySegment date() {
    long second = loop.epochMillis() / 1000;
    if (second != dateSecond) {
      dateSecond = second;
      HttpDate.write(second, date, 0);
    }
    return date;
  }

  public void close() {
    Memory.free(date);
  }

  private long sendOutput(Client client, MemorySegment out, @Nullable Entry body) {
    MemorySegment memory = body == null ? null : body.body();
    if (body != null && memory == null && turns.grant(client) == FileTurns.LATER) {
      return FileTurns.LATER;
    }
    if (memory == null) {
      return engine.send(client, out, 0, client.outputLength, body != null);
    }
    return engine.send(
        client, out, 0, client.outputLength, memory, client.bodyOffset, (int) client.bodyLeft);
  }

  /// The next slice of a file, or [FileTurns#LATER].
  private long sendFile(Client client, Entry body) {
    long held = cold.held(client, body, view);
    if (held <= 0) {
      return held == ColdFiles.READING ? FileTurns.LATER : -Errno.EIO;
    }
    long granted = turns.grant(client);
    if (granted == FileTurns.LATER) {
      return granted;
    }
    if (client.bodyOffset > 0 && !view.intact(body)) {
      return -Errno.ESTALE; // the rest would be of another version
    }
    long count = Math.min(client.bodyLeft, Math.min(held, granted));
    return engine.sendFile(client, body.descriptor(), client.bodyOffset, count);
  }

  private boolean account(Client client, long result) {
    if (result < 0) {
      return false;
    }
    counters.add(Counter.BYTES_OUT, result);
    MemorySegment out = client.output;
    Entry body = client.body;
    if (out != null) {
      buffers.giveBack(out);
      client.output = null;
      client.outputLength = 0;
      if (body != null && body.body() != null) {
        client.bodyLeft = 0;
      }
    } else if (body != null) {
      if (result == 0 && client.bodyLeft > 0) {
        return false; // the file has shrunk: cut, never pad
      }
      client.bodyOffset += result;
      client.bodyLeft -= result;
      turns.sent(result);
    }
    if (body != null && client.bodyLeft == 0) {
      body.release();
      client.body = null;
    }
    return true;
  }

  private @Nullable MemorySegment room(Client client, int bytes) {
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
}
