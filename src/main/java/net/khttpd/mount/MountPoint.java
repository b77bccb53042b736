package net.khttpd.mount;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.MountCalls;
import net.khttpd.kernel.Mounts;
import net.khttpd.kernel.OpenFlags;
import net.khttpd.kernel.Statx;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;

/// The directory on which the files are shown, before and after the mount. Used by one thread at a
/// time. May block for as long as the file system it lies on.
final class MountPoint {
  /// What the mount table calls our mounts; by this we know them again.
  static final String TYPE = "fuse.khttpd";

  /// How long an unmount waits for those who still use the files: whoever has written `unload` must
  /// have its answer, and close the file.
  private static final long GRACE_NANOS = 1_000_000_000;

  private static final long REST_NANOS = 5_000_000;
  private static final int FUSERMOUNT_SECONDS = 5;

  private final Path path;
  private final boolean made;

  private MountPoint(Path path, boolean made) {
    this.path = path;
    this.made = made;
  }

  /// The directory, ready to be mounted on: made if only it is missing, freed from a dead mount of
  /// ours.
  ///
  /// @throws OperatorException if it is not, or not empty, or has a mount of another
  static MountPoint prepare(Path wanted, String setting, EventLog log) throws OperatorException {
    try {
      Path path = resolved(wanted);
      if (isDead(path)) {
        removeDead(path, setting, log);
      }
      boolean made = make(path);
      if (!Files.isDirectory(path)) {
        throw new OperatorException(setting + ": " + path + " is not a directory");
      }
      if (isOurs(path)) {
        throw new OperatorException(setting + ": " + path + " shows a running server already");
      }
      if (!isEmpty(path)) {
        throw new OperatorException(
            setting + ": " + path + " is not empty; what lies in it would be hidden");
      }
      return new MountPoint(path, made);
    } catch (IOException e) {
      throw new OperatorException(setting + ": " + wanted + ": " + why(e), e);
    }
  }

  Path path() {
    return path;
  }

  /// Whether our mount is there, as the mount table says.
  boolean isMounted() throws IOException {
    return isOurs(path);
  }

  /// Unmounts: as soon as nobody uses the files, in a second at the latest. Whoever uses them then
  /// gets errors.
  ///
  /// @return whether the kernel has ended the connection, so that nothing more can come from it
  boolean unmount() {
    boolean ended = false;
    if (isStill()) {
      ended = ProcessUser.id() == 0 ? unmountAsRoot() : unmountAsUser();
    }
    if (made) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        return ended; // somebody has put something there: it stays
      }
    }
    return ended;
  }

  private boolean unmountAsRoot() {
    var calls = new MountCalls();
    byte[] name = path.toString().getBytes(UTF_8);
    long deadlineNanos = System.nanoTime() + GRACE_NANOS;
    int result = calls.unmount(name, 0);
    while (result == -Errno.EBUSY && isStill() && System.nanoTime() < deadlineNanos) {
      LockSupport.parkNanos(REST_NANOS);
      result = calls.unmount(name, 0);
    }
    if (result != -Errno.EBUSY || !isStill()) {
      return result == 0;
    }
    result = calls.unmount(name, MountCalls.FORCE);
    return result == 0 || calls.unmount(name, MountCalls.DETACH) == 0;
  }

  private boolean unmountAsUser() {
    long deadlineNanos = System.nanoTime() + GRACE_NANOS;
    boolean done = fusermount(path, "-u", "-q");
    while (!done && isStill() && System.nanoTime() < deadlineNanos) {
      LockSupport.parkNanos(10 * REST_NANOS);
      done = fusermount(path, "-u", "-q");
    }
    if (!done) {
      boolean _ = fusermount(path, "-u", "-q", "-z");
    }
    return done;
  }

  private boolean isStill() {
    try {
      return isMounted();
    } catch (IOException e) {
      return false;
    }
  }

  private static void removeDead(Path path, String setting, EventLog log)
      throws IOException, OperatorException {
    if (!isOurs(path)) {
      throw new OperatorException(
          setting + ": " + path + " has a dead mount that is none of ours; unmount it first");
    }
    boolean gone =
        ProcessUser.id() == 0
            ? new MountCalls().unmount(path.toString().getBytes(UTF_8), MountCalls.DETACH) == 0
            : fusermount(path, "-u", "-q", "-z");
    if (!gone) {
      throw new OperatorException(
          setting + ": the dead mount of an earlier server cannot be taken from " + path);
    }
    log.event(setting + ": " + path + " had the dead mount of an earlier server, which is gone");
  }

  /// The parent's links resolved: the directory itself may be dead, and then nothing of it answers.
  private static Path resolved(Path wanted) throws IOException, OperatorException {
    Path absolute = wanted.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null || absolute.getFileName() == null) {
      throw new IOException("the root of the file system cannot be mounted on");
    }
    Path path = parent.toRealPath().resolve(absolute.getFileName());
    return Files.isSymbolicLink(path) ? path.toRealPath() : path;
  }

  private static boolean isDead(Path path) {
    byte[] name = path.toString().getBytes(UTF_8);
    int result = new FileCalls().stat(OpenFlags.AT_FDCWD, name, 0, name.length, new Statx());
    return result == -Errno.ENOTCONN || result == -Errno.ECONNABORTED;
  }

  private static boolean isOurs(Path path) throws IOException {
    String bytes = new String(path.toString().getBytes(UTF_8), ISO_8859_1);
    return TYPE.equals(Mounts.read().typeAt(bytes));
  }

  private static boolean make(Path path) throws IOException {
    try {
      Files.createDirectory(path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static boolean isEmpty(Path path) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(path)) {
      return !names.iterator().hasNext();
    }
  }

  private static boolean fusermount(Path path, String... options) {
    var command = new java.util.ArrayList<String>();
    command.add("fusermount3");
    command.addAll(java.util.List.of(options));
    command.addAll(java.util.List.of("--", path.toString()));
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
      Process process = builder.start();
      if (process.waitFor(FUSERMOUNT_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue() == 0;
      }
      process.destroyForcibly();
      return false;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String why(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException _ -> "the directory above it does not exist";
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      default -> String.valueOf(e.getMessage());
    };
  }
}
