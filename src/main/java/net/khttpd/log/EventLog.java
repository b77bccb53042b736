package net.khttpd.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/// The server's events, one line each: `2026-11-22T20:15:04.120Z khttpd: SENTENCE`.
///
/// Any thread may write; none waits. Lines go through a bounded queue to one daemon thread, because
/// stderr may be a pipe that nobody reads. What finds no room is counted. More than a few events of
/// the same key in ten seconds are suppressed and summed up in the next line.
public final class EventLog implements AutoCloseable {
  /// Lines that may wait; at some 200 bytes each that is little memory and many seconds of events.
  private static final int MOST_WAITING = 1024;

  /// The longest sentence, in characters.
  private static final int LONGEST = 2048;

  private static final long CLOSE_MILLIS = 1000;

  private record Line(Instant time, String sentence, boolean last) {}

  private final OutputStream out;
  private final InstantSource clock;
  private final ArrayBlockingQueue<Line> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final Repetition repetition = new Repetition();
  private final Thread writer;

  public EventLog(OutputStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
    this.writer = Thread.ofPlatform().name("khttpd-events").daemon().unstarted(this::writeLines);
    writer.start();
  }

  /// The log on stderr, by the system's clock.
  public static EventLog toStderr() {
    return new EventLog(new FileOutputStream(FileDescriptor.err), InstantSource.system());
  }

  /// Logs an event; the same sentence again and again is suppressed.
  public void event(String sentence) {
    event(sentence, sentence);
  }

  /// Logs an event of a key, by which repetition is recognised: a constant such as `backend-down`.
  public void event(String key, String sentence) {
    event(key, () -> sentence);
  }

  /// The same; the sentence is made only if it is shown.
  public void event(String key, Supplier<String> sentence) {
    Instant now = clock.instant();
    long suppressed = repetition.admit(key, now.toEpochMilli());
    if (suppressed < 0) {
      return;
    }
    String text = Escape.sentence(sentence.get(), LONGEST);
    offer(
        suppressed == 0 ? text : text + " (" + suppressed + " similar events not shown)",
        now,
        false);
  }

  /// Lines that found no room, since the beginning.
  public long dropped() {
    return dropped.get();
  }

  /// Writes what waits, at most a second long, and ends the thread.
  @Override
  public void close() {
    offer("", clock.instant(), true);
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void offer(String text, Instant now, boolean last) {
    try {
      boolean room =
          last
              ? waiting.offer(new Line(now, text, true), CLOSE_MILLIS, TimeUnit.MILLISECONDS)
              : waiting.offer(new Line(now, text, false));
      if (!room) {
        dropped.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void writeLines() {
    try {
      for (Line line = waiting.take(); !line.last(); line = waiting.take()) {
        write(line);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(Line line) {
    String text = line.time().truncatedTo(ChronoUnit.MILLIS) + " khttpd: " + line.sentence() + "\n";
    try {
      out.write(text.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    } catch (IOException e) {
      dropped.incrementAndGet(); // stderr is closed: there is nobody left to tell
    }
  }
}
