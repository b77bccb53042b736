package net.khttpd.send;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import net.khttpd.client.BodyPart;
import net.khttpd.client.Client;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.LoopFiles;
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
  private final Batch batch;
  private final ColdFiles cold;
  private final Counters counters;
  private final FileTurns turns;
  private final MemorySegment date = Memory.allocate(HttpDate.LENGTH);
  private LoopFiles files;
  private boolean named = true;
  private long dateSecond = Long.MIN_VALUE;

  public Send(Loop loop, Buffers buffers, LoopFiles files, Counters counters) {
    this.loop = loop;
    this.files = files;
    this.engine = loop.engine();
    batch = new Batch(buffers);
    this.counters = counters;
    turns = new FileTurns(loop);
    cold = new ColdFiles(loop, counters);
  }

  /// From now on files are looked at through these.
  public void apply(LoopFiles next) {
    files = next;
  }

  /// From now on heads say Server, or do not.
  public void name(boolean server) {
    named = server;
  }

  /// Queues a file's answer. False: the batch is full, flush first.
  ///
  /// @param withBody false for HEAD
  public boolean serve(
      Client client, HeadTemplate head, Entry entry, boolean withBody, Persistence persistence) {
    long size = withBody ? entry.facts().size() : 0;
    MemorySegment out = batch.room(client, head.maxLength() + Batch.copied(entry, size));
    if (out == null) {
      return false;
    }
    client.outputLength += head.write(out, client.outputLength, named, persistence, date());
    client.intactNanos = loop.nanos(); // it has just been judged
    Batch.append(client, out, entry, 0, size);
    return true;
  }

  /// Queues a 206 with one slice of a file; false as [#serve].
  ///
  /// @param head of the whole file's answer
  public boolean servePart(
      Client client,
      HeadTemplate head,
      Entry entry,
      long offset,
      long length,
      Persistence persistence) {
    MemorySegment out = batch.room(client, head.maxPartialLength() + Batch.copied(entry, length));
    if (out == null) {
      return false;
    }
    long size = entry.facts().size();
    int at = client.outputLength;
    int written = head.writePartial(out, at, named, persistence, date(), offset, length, size);
    client.outputLength = at + written;
    client.intactNanos = loop.nanos();
    Batch.append(client, out, entry, offset, length);
    return true;
  }

  /// Queues an answer with a body of several parts, whose entries are in hand; false as [#serve].
  public boolean serveParts(
      Client client, HeadTemplate head, List<BodyPart> parts, Persistence persistence) {
    MemorySegment out = batch.room(client, head.maxLength());
    if (out == null) {
      return false;
    }
    client.outputLength += head.write(out, client.outputLength, named, persistence, date());
    for (BodyPart part : parts) {
      if (part instanceof BodyPart.Slice slice) {
        Batch.retain(slice.entry());
      }
    }
    client.intactNanos = loop.nanos();
    client.following = new ArrayDeque<>(parts);
    batch.goOn(client);
    return true;
  }

  /// Queues an answer with a small body of our own; false as [#serve].
  public boolean answer(Client client, HeadTemplate head, byte[] body, Persistence persistence) {
    MemorySegment out = batch.room(client, head.maxLength() + body.length);
    if (out == null) {
      return false;
    }
    int at = client.outputLength;
    int length = head.write(out, at, named, persistence, date());
    MemorySegment.copy(body, 0, out, JAVA_BYTE, at + (long) length, body.length);
    client.outputLength = at + length + body.length;
    return true;
  }

  /// Whether another answer may join the batch: nothing is in flight, no large body has ended it,
  /// and it does not hold the connection's last answer.
  public boolean takes(Client client) {
    return !client.sending && client.body == null && client.following == null && !client.lastAnswer;
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
        result = sendBody(client, body);
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
    return client.output != null || client.body != null || client.following != null;
  }

  /// Gives back what the client holds; nothing may be in flight.
  public void release(Client client) {
    batch.release(client);
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

  /// What goes without the output: the next piece of a file, or [FileTurns#LATER].
  private long sendBody(Client client, Entry body) {
    MemorySegment memory = body.body();
    if (memory != null) {
      return engine.send(client, memory, client.bodyOffset, (int) client.bodyLeft, false);
    }
    long held = cold.held(client, body, files);
    if (held <= 0) {
      return held == ColdFiles.READING ? FileTurns.LATER : -Errno.EIO;
    }
    long granted = turns.grant(client);
    if (granted == FileTurns.LATER) {
      return granted;
    }
    if (client.intactNanos != loop.nanos()) {
      if (!files.intact(body)) {
        return -Errno.ESTALE; // the rest would be of another version
      }
      client.intactNanos = loop.nanos();
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
      batch.giveBackOutput(client);
      if (body != null && body.body() != null) {
        client.bodyLeft = 0;
      }
    } else if (body != null) {
      if (result == 0 && client.bodyLeft > 0) {
        return false; // the file has shrunk: cut, never pad
      }
      client.bodyOffset += result;
      client.bodyLeft -= result;
      if (body.body() == null) {
        turns.sent(result);
      }
    }
    if (body != null && client.bodyLeft == 0) {
      body.release();
      client.body = null;
    }
    if (client.following != null) {
      batch.goOn(client);
    }
    return true;
  }
}
