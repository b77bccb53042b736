package net.khttpd.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import net.khttpd.kernel.Errno;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;

/// Writes values to the source: one write(2), one value. A refusal is an error number for the
/// writer and a sentence in the log. Thread-safe.
final class Values {
  /// Writes under way: a stop takes as long as the drain. libfuse has ten threads, so that readers
  /// always find one.
  private static final int MOST = 6;

  private final Source source;
  private final String setting;
  private final Path directory;
  private final EventLog log;
  private final Semaphore room = new Semaphore(MOST);

  /// @param setting or command that wanted the mount: what sentences begin with
  Values(Source source, String setting, Path directory, EventLog log) {
    this.source = source;
    this.setting = setting;
    this.directory = directory;
    this.log = log;
  }

  String setting() {
    return setting;
  }

  /// 0, or `-errno`.
  ///
  /// @param bytes a value, with or without a line feed at its end
  int write(String name, byte[] bytes, Opened.Handle handle) {
    if (!room.tryAcquire()) {
      return refuse(-Errno.EBUSY, name + ": " + MOST + " writes are under way already");
    }
    try {
      if (handle.torn()) {
        throw new OperatorException(
            name + ": one write is one value: this goes on where the write before it ended");
      }
      handle.wrote(bytes.length > 0 && bytes[bytes.length - 1] == '\n');
      source.write(name + "=" + text(name, bytes), "a write to " + directory.resolve(name));
      return 0;
    } catch (OperatorException refusal) {
      return refuse(-Errno.EINVAL, refusal.sentence());
    } finally {
      room.release();
    }
  }

  private static String text(String name, byte[] bytes) throws OperatorException {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().strip();
      if (text.chars().anyMatch(Character::isISOControl)) {
        throw new OperatorException(
            name + ": the value holds a control character; one write is one value, on one line");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new OperatorException(name + ": the value is not UTF-8", e);
    }
  }

  private int refuse(int result, String sentence) {
    log.event(setting + ": " + sentence);
    return result;
  }
}
