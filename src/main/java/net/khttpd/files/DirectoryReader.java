package net.khttpd.files;

import static net.khttpd.kernel.OpenFlags.O_DIRECTORY;
import static net.khttpd.kernel.OpenFlags.O_RDONLY;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.kernel.DirectoryNames;
import net.khttpd.kernel.FileCalls;

/// Reads a directory: its names, and of each what the kernel says when it is opened beneath the
/// root, as a request for it would. Made for one listing of one worker; may block.
final class DirectoryReader {
  /// Names of one directory that are looked at. Each costs a worker four system calls, which is
  /// some 5 µs, so a listing holds one for 50 ms at most (and hung file systems aside).
  static final int MOST_NAMES = 10_000;

  private final FileCalls calls;
  private final Loader loader;
  private final List<Named> names = new ArrayList<>();
  private boolean more;

  DirectoryReader(FileCalls calls, Loader loader) {
    this.calls = calls;
    this.loader = loader;
  }

  /// Reads; 0 or `-errno`.
  ///
  /// @param path canonical, with a final slash
  int read(DocumentRoot.Generation root, byte[] path) {
    Opened opened = loader.open(root, path);
    if (opened.descriptor() < 0) {
      return opened.descriptor();
    }
    int descriptor = calls.reopen(opened.descriptor(), O_RDONLY | O_DIRECTORY);
    calls.close(opened.descriptor());
    if (descriptor < 0) {
      return descriptor;
    }
    try {
      return read(root, path, descriptor);
    } finally {
      calls.close(descriptor);
    }
  }

  List<Named> names() {
    return names;
  }

  /// Whether there are more than [#MOST_NAMES].
  boolean more() {
    return more;
  }

  private int read(DocumentRoot.Generation root, byte[] path, int descriptor) {
    var read = new DirectoryNames();
    int result;
    while ((result = calls.readDirectory(descriptor, read)) > 0) {
      while (read.hasNext()) {
        byte[] name = read.next();
        if (isItselfOrParent(name)) {
          continue;
        }
        if (names.size() == MOST_NAMES) {
          more = true;
          return 0;
        }
        names.add(new Named(name, loader.glance(root, path, name)));
      }
    }
    return result;
  }

  private static boolean isItselfOrParent(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }
}
