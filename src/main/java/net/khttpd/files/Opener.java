package net.khttpd.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static net.khttpd.kernel.OpenFlags.AT_FDCWD;
import static net.khttpd.kernel.OpenFlags.O_DIRECTORY;
import static net.khttpd.kernel.OpenFlags.O_PATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_BENEATH;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_MAGICLINKS;
import static net.khttpd.kernel.OpenFlags.RESOLVE_NO_SYMLINKS;

import java.util.Arrays;
import java.util.List;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.FileCalls;
import org.jspecify.annotations.Nullable;

/// Opens a canonical path beneath the root with O_PATH, so that nothing is touched before it is
/// judged. Used by one worker; may block.
///
/// The kernel keeps the path beneath (RESOLVE_BENEATH). It also refuses absolute links that lead
/// back into the root, and those into a `symlink_roots` directory; for these the real path is asked
/// of the kernel and opened anew, beneath the directory it lies in, without any link. Where no
/// links are followed, it refuses all (ELOOP).
final class Opener {
  /// RESOLVE_BENEATH answers EAGAIN when a rename raced with it (openat2(2)).
  private static final int RETRIES = 3;

  private static final byte[] HERE = {'.'};

  private final FileCalls calls;
  private final boolean links;
  private final List<byte[]> symlinkRoots;
  private final byte[] buffer;

  Opener(Tools tools, boolean links, List<String> symlinkRoots) {
    this.links = links;
    this.calls = tools.calls;
    this.buffer = tools.name;
    this.symlinkRoots = symlinkRoots.stream().map(name -> name.getBytes(UTF_8)).toList();
  }

  Opened open(DocumentRoot.Generation root, byte[] path) {
    if (root.descriptor < 0) {
      return Opened.error(root.descriptor);
    }
    int from = relativeFrom(path);
    int descriptor = beneath(root.descriptor, path, from, links ? 0 : RESOLVE_NO_SYMLINKS);
    if (descriptor == -Errno.EXDEV && links) {
      return throughRealPath(root, path, from);
    }
    return descriptor < 0 ? Opened.error(descriptor) : named(descriptor);
  }

  /// Where the path goes on after its leading slashes.
  static int relativeFrom(byte[] path) {
    int from = 0;
    while (from < path.length && path[from] == '/') {
      from++;
    }
    return from;
  }

  private int beneath(int directory, byte[] path, int from, long resolve) {
    return retried(directory, path, from, resolve | RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);
  }

  private int retried(int directory, byte[] path, int from, long resolve) {
    int result = -Errno.EAGAIN;
    for (int i = 0; i <= RETRIES && (result == -Errno.EAGAIN || result == -Errno.EINTR); i++) {
      result =
          from == path.length
              ? calls.open(directory, HERE, 0, 1, O_PATH, resolve)
              : calls.open(directory, path, from, path.length, O_PATH, resolve);
    }
    return result;
  }

  private Opened throughRealPath(DocumentRoot.Generation root, byte[] path, int from) {
    int anywhere = retried(root.descriptor, path, from, RESOLVE_NO_MAGICLINKS);
    if (anywhere < 0) {
      return Opened.error(-Errno.EXDEV);
    }
    byte[] real = nameOf(anywhere);
    calls.close(anywhere);
    if (real == null) {
      return Opened.error(-Errno.ESTALE);
    }
    int rest = beneathFrom(root.realPath, real);
    return rest >= 0 ? again(root.descriptor, real, rest) : inSymlinkRoots(real);
  }

  private Opened inSymlinkRoots(byte[] real) {
    for (byte[] name : symlinkRoots) {
      int directory = calls.open(AT_FDCWD, name, 0, name.length, O_PATH | O_DIRECTORY, 0);
      if (directory < 0) {
        continue;
      }
      try {
        byte[] realName = nameOf(directory);
        int rest = realName == null ? -1 : beneathFrom(realName, real);
        if (rest >= 0) {
          return again(directory, real, rest);
        }
      } finally {
        calls.close(directory);
      }
    }
    return Opened.error(-Errno.EXDEV);
  }

  private Opened again(int directory, byte[] real, int rest) {
    int descriptor = beneath(directory, real, rest, RESOLVE_NO_SYMLINKS);
    return descriptor < 0 ? Opened.error(descriptor) : named(descriptor);
  }

  private Opened named(int descriptor) {
    byte[] real = nameOf(descriptor);
    if (real != null) {
      return new Opened(descriptor, real);
    }
    calls.close(descriptor);
    return Opened.error(-Errno.ESTALE);
  }

  /// The real path of a descriptor, or null if it has none: that is an error of this moment
  /// (renamed too deep, proc not mounted).
  private byte @Nullable [] nameOf(int descriptor) {
    int length = calls.nameOf(descriptor, buffer);
    return length <= 0 || buffer[0] != '/' ? null : Arrays.copyOf(buffer, length);
  }

  /// Where `path` goes on inside `directory`, or -1 if it is not in it.
  static int beneathFrom(byte[] directory, byte[] path) {
    int length = directory.length == 1 ? 0 : directory.length; // "/" is beneath nothing but itself
    if (path.length < length || !Arrays.equals(directory, 0, length, path, 0, length)) {
      return -1;
    }
    if (path.length == length) {
      return length;
    }
    return path[length] == '/' ? length + 1 : -1;
  }
}
