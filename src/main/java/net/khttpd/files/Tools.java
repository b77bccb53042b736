package net.khttpd.files;

import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.Statx;

/// What one worker works with, whatever the cache: its calls and buffers, made once per thread.
final class Tools {
  final FileCalls calls = new FileCalls();

  /// The facts of the file being looked up.
  final Statx statx = new Statx();

  /// The same file, asked once more.
  final Statx again = new Statx();

  final byte[] name = new byte[FileCalls.PATH_MAX];
}
