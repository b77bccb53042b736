package net.khttpd.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.OpenFlags;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.UnixCalls;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// The name of a control socket in the file system: which it is by default, how a server takes it,
/// and that nobody but its user can open it from its first moment. Used by one thread.
final class ControlPath {
  private static final int MODE = 0600;
  private static final int BACKLOG = 128;
  private static final int LONGEST_BYTES = 107;

  /// How often to ask for the directory's lock: a server that starts at the same time holds it for
  /// some microseconds.
  private static final int LOCK_TRIES = 100;

  private static final long LOCK_NANOS = 2_000_000;

  private final Path path;
  private final Sockets sockets = new Sockets();
  private final UnixCalls calls = new UnixCalls();
  private @Nullable Object identity;

  ControlPath(Path path) {
    this.path = path.toAbsolutePath().normalize();
  }

  /// Where `run` binds and `sysctl` connects without `--socket`.
  static Path byDefault() {
    String directory = System.getenv("XDG_RUNTIME_DIR");
    if (directory != null && directory.startsWith("/")) {
      return Path.of(directory, "khttpd.sock");
    }
    int user = ourselves();
    return Path.of(user == 0 ? "/run/khttpd.sock" : "/tmp/khttpd-" + user + ".sock");
  }

  /// Our effective user id.
  static int ourselves() {
    try {
      return ownerOf(Path.of("/proc/self"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("/proc/self cannot be read; is /proc mounted?", e);
    }
  }

  static int ownerOf(Path path) throws IOException {
    return (int) Files.getAttribute(path, "unix:uid");
  }

  /// Refuses what no Unix socket can be named.
  static void check(Path path) throws OperatorException {
    if (path.toString().getBytes(UTF_8).length > LONGEST_BYTES) {
      throw new OperatorException(
          "--socket: " + path + " is longer than the 107 bytes of a Unix socket's name");
    }
    if (path.toString().isEmpty() || path.toString().indexOf(0) >= 0) {
      throw new OperatorException("--socket: an empty name cannot be bound");
    }
  }

  Path path() {
    return path;
  }

  /// A listening socket of this name. A name that a dead server has left behind is taken over.
  ///
  /// @throws OperatorException naming `--socket` and the cause
  int listen() throws OperatorException {
    check(path);
    SocketAddress address = SocketAddress.ofUnixPath(path.toString());
    int directory = lockedDirectory();
    try {
      int bound = bind(address);
      if (bound == -Errno.EADDRINUSE) {
        removeStale(address);
        bound = bind(address);
      }
      check(bound);
      identity = identityNow();
      return bound;
    } finally {
      address.free();
      if (directory >= 0) {
        sockets.close(directory);
      }
      sockets.free();
    }
  }

  /// Removes the name, if it still is the one we bound.
  void remove() {
    if (identity != null && identity.equals(identityNow())) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        identity = null; // its directory is not ours any more: the next server takes it over
      }
    }
  }

  /// Two servers that find the same stale name would each remove the other's: one after the other.
  /// Without a lock, if somebody holds it for long.
  private int lockedDirectory() {
    Path parent = path.getParent();
    if (parent == null) {
      return -1;
    }
    byte[] name = parent.toString().getBytes(UTF_8);
    int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY;
    int fd = new FileCalls().open(OpenFlags.AT_FDCWD, name, 0, name.length, flags, 0);
    for (int i = 0; fd >= 0 && i < LOCK_TRIES && calls.lock(fd) == -Errno.EAGAIN; i++) {
      LockSupport.parkNanos(LOCK_NANOS);
    }
    return fd;
  }

  /// The descriptor, or `-errno`. Mode first: bind(2) makes the name with it.
  private int bind(SocketAddress address) {
    int fd = sockets.socket(Sockets.AF_UNIX);
    if (fd < 0) {
      return fd;
    }
    int result = calls.mode(fd, MODE);
    result = result < 0 ? result : sockets.bind(fd, address);
    result = result < 0 ? result : sockets.listen(fd, BACKLOG);
    if (result < 0) {
      sockets.close(fd);
      return result;
    }
    return fd;
  }

  private void removeStale(SocketAddress address) throws OperatorException {
    int fd = sockets.socket(Sockets.AF_UNIX);
    int result = fd < 0 ? fd : sockets.connect(fd, address);
    if (fd >= 0) {
      sockets.close(fd);
    }
    if (result == -Errno.ENOTSOCK || (result == -Errno.ECONNREFUSED && !isSocket())) {
      throw new OperatorException("--socket: " + path + " exists and is not a socket");
    }
    if (result != -Errno.ECONNREFUSED) {
      throw new OperatorException(
          "--socket: " + path + " is in use by another server; name another path");
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new OperatorException("--socket: " + path + " is left over and cannot be removed", e);
    }
  }

  private boolean isSocket() {
    try {
      return Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS)
              instanceof Integer mode
          && (mode & 0170000) == 0140000;
    } catch (IOException e) {
      return false;
    }
  }

  /// Inode and birth, since the file system may give the inode to the next; null if there is none.
  private @Nullable Object identityNow() {
    try {
      var attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      return List.of(String.valueOf(attributes.fileKey()), attributes.creationTime());
    } catch (IOException e) {
      return null;
    }
  }

  private void check(int result) throws OperatorException {
    if (result >= 0) {
      return;
    }
    throw new OperatorException(
        "--socket: %s cannot be bound: %s"
            .formatted(
                path,
                switch (-result) {
                  case Errno.ENOENT -> "its directory does not exist";
                  case Errno.ENOTDIR -> "its directory is not a directory";
                  case Errno.EACCES, Errno.EPERM -> "this user may not write to its directory";
                  case Errno.EADDRINUSE -> "it is in use by another server";
                  default -> Errno.text(-result);
                }));
  }
}
