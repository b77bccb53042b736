package net.khttpd.precompress;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files that variants are written into before they have their name: hidden, beside it, locked
/// while they are written, removed when the program is ended by a signal. Thread-safe.
final class Temporary implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("\\..+\\.khttpd-(\\d{1,18})-\\d+");
  private static final Duration LONGEST = Duration.ofHours(1);

  private final Set<Path> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger next = new AtomicInteger();
  private boolean ended; // guarded by this
  private final Thread atExit = new Thread(this::removeAll);

  Temporary() {
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /// A new file for a variant, which only we may read; its channel is locked. None after a signal:
  /// workers go on while the program ends, and nobody would remove it.
  synchronized FileChannel begin(Path path) throws IOException {
    if (ended) {
      throw new IOException("ended by a signal");
    }
    open.add(path);
    FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      FileLock _ = channel.lock();
    } catch (IOException noLocks) {
      return channel; // a file system without locks: who cleans looks at the process as well
    }
    return channel;
  }

  Path nameFor(Path variant) {
    return variant.resolveSibling(
        ".%s.khttpd-%d-%d"
            .formatted(
                variant.getFileName(), ProcessHandle.current().pid(), next.incrementAndGet()));
  }

  /// It is gone: renamed, or removed here.
  void end(Path path) throws IOException {
    Files.deleteIfExists(path);
    open.remove(path);
  }

  /// Whether a file was left behind by a run that has died.
  static boolean isStale(Path file) throws IOException {
    Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
    if (!name.matches() || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    long pid = Long.parseLong(name.group(1));
    Instant modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    boolean living = ProcessHandle.of(pid).isPresent();
    if (living && modified.plus(LONGEST).isAfter(Instant.now())) {
      return false;
    }
    try (var channel = FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private synchronized void removeAll() {
    ended = true;
    open.forEach(Temporary::remove);
  }

  private static void remove(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException left) {
      return; // the next run removes it
    }
  }

  @Override
  public void close() {
    removeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException ending) {
      return; // the hook runs already
    }
  }
}
