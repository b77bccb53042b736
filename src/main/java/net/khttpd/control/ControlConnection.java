package net.khttpd.control;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.UnixCalls.Credentials;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// One controller: reads commands and answers them until it goes, all on one thread.
///
/// A command is a line of a word and its options, further lines for its arguments, each after one
/// blank, and an empty line. An answer is any number of lines after one blank, of sentences after
/// `!`, and at its end one line: `ok`, `error` (what the operator got wrong) or `fault` (ours).
/// After anything that is no command the connection is ended, and nothing more of it is read.
final class ControlConnection {
  /// A whole command, from the moment when we wait for it: a person may type it.
  private static final long COMMAND_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// Lines of a command: all lists full, as a file.
  private static final int MOST_ARGUMENTS = 1 << 16;

  /// What a line costs besides its characters.
  private static final int LINE_BYTES = 64;

  /// Bytes that the commands of all controllers may take at a time while they are read and done.
  static final int MEMORY_BYTES = 8 << 20;

  private final ControlLines lines;
  private final @Nullable Credentials peer;
  private final ControlCommands commands;
  private final Semaphore memory;
  private final EventLog log;
  private final int ourselves = ControlPath.ourselves();
  private int taken;
  private volatile boolean waiting;
  private volatile boolean room;
  private volatile boolean ending;
  private volatile long sinceNanos = System.nanoTime();

  /// @param memory has MEMORY_BYTES permits for all connections together
  ControlConnection(
      int fd,
      @Nullable Credentials peer,
      ControlCommands commands,
      Semaphore memory,
      EventLog log) {
    this.memory = memory;
    this.lines = new ControlLines(fd);
    this.peer = peer;
    this.commands = commands;
    this.log = log;
  }

  /// Talks until the end; closes the descriptor.
  void run() {
    try (lines) {
      if (admit()) {
        while (!ending && answerNext()) {
          giveBack();
          sinceNanos = System.nanoTime();
        }
      }
    } catch (EOFException _) {
      // the controller has gone, perhaps in the middle of a line or of our answer
    } catch (SocketTimeoutException _) {
      log.event("control-slow", "control socket: " + who() + " was too slow and is let go");
    } catch (IOException e) {
      log.event("control", "control socket: " + who() + ": " + e.getMessage());
    } finally {
      giveBack();
    }
  }

  /// Whether no command of it is under way. Any thread.
  boolean waiting() {
    return waiting;
  }

  /// Since when it has been waiting, of System.nanoTime().
  long since() {
    return sinceNanos;
  }

  /// Ends it for another controller, with a word. Any thread.
  void makeRoom() {
    room = true;
    waiting = false;
    lines.endInput();
  }

  /// Ends it after the answer to the command under way. Any thread.
  void endWhenAnswered() {
    ending = true;
    lines.endInput();
  }

  void cut() {
    lines.cut();
  }

  private boolean admit() throws IOException {
    if (peer != null && (peer.uid() == 0 || peer.uid() == ourselves)) {
      return true;
    }
    log.event("control-refused", "control socket: refused " + who());
    refuse(
        "%s may not control this server: only root and the server's own user (uid %d) may"
            .formatted(who(), ourselves));
    return false;
  }

  /// False: the conversation is over.
  private boolean answerNext() throws IOException {
    waiting = true;
    long deadlineNanos = System.nanoTime() + COMMAND_NANOS;
    ControlRequest request;
    try {
      request = read(deadlineNanos);
    } catch (EOFException e) {
      if (room) {
        refuse("ended for another controller, since there are too many; ask again");
      }
      throw e;
    } catch (SocketTimeoutException e) {
      refuse("no whole command came in a minute");
      return false;
    } catch (ProtocolException e) {
      log.event("control-protocol", "control socket: " + who() + ": " + e.getMessage());
      refuse(String.valueOf(e.getMessage()));
      return false;
    }
    waiting = false;
    answer(request);
    return true;
  }

  private ControlRequest read(long deadlineNanos) throws IOException {
    ControlRequest.Head head = ControlRequest.head(lines.read(deadlineNanos));
    var arguments = new ArrayList<String>();
    for (String line = lines.read(deadlineNanos); !line.isEmpty(); ) {
      if (line.charAt(0) != ' ') {
        throw new ProtocolException("an argument does not begin with a blank");
      }
      take(line.length() + LINE_BYTES);
      if (arguments.size() == MOST_ARGUMENTS) {
        throw new ProtocolException("a command has more than " + MOST_ARGUMENTS + " lines");
      }
      arguments.add(line.substring(1));
      line = lines.read(deadlineNanos);
    }
    return new ControlRequest(head.word(), head.ignoresUnknown(), List.copyOf(arguments));
  }

  private void take(int bytes) throws ProtocolException {
    if (!memory.tryAcquire(bytes)) {
      throw new ProtocolException("the commands of all controllers together are too long");
    }
    taken += bytes;
  }

  private void giveBack() {
    memory.release(taken);
    taken = 0;
  }

  private void answer(ControlRequest request) throws IOException {
    ControlAnswer answer;
    try {
      answer = commands.answer(request, who());
    } catch (OperatorException refusal) {
      answer = ControlAnswer.refusal(refusal.sentence());
    } catch (RuntimeException | Error fault) {
      log.event("fault", "a fault of ours: " + fault);
      answer = ControlAnswer.fault("a fault of ours, of which the log tells more: " + fault);
    }
    send(answer);
  }

  private void refuse(String sentence) throws IOException {
    send(ControlAnswer.refusal(sentence));
  }

  private void send(ControlAnswer answer) throws IOException {
    long deadlineNanos = System.nanoTime() + ANSWER_NANOS;
    for (String line : answer.lines()) {
      lines.write(line, deadlineNanos);
    }
    lines.write(answer.status().word(), deadlineNanos);
    lines.flush(deadlineNanos);
  }

  /// For the log and for refusals: `root (uid 0, pid 123)`.
  private String who() {
    if (peer == null) {
      return "an unknown peer";
    }
    String name =
        peer.uid() == 0
            ? "root"
            : peer.uid() == ourselves ? System.getProperty("user.name") : "another user";
    return "%s (uid %d, pid %d)".formatted(name, peer.uid(), peer.pid());
  }
}
