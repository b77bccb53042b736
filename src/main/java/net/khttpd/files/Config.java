package net.khttpd.files;

import java.util.List;

/// What a [FileCache] needs to know; settings are read elsewhere.
///
/// @param root absolute name of the document root; followed each second
/// @param markers names of files whose presence marks a directory and all below it
/// @param links whether symbolic links are followed; if not, a path with one counts as one that
///   leads outside
/// @param symlinkRoots absolute names of directories outside the root into which links may lead
/// @param sendfileMin files of this many bytes and more are sent from their descriptor
/// @param etagContent compute the content's hash of every file, not only where mtime is 0 or 1
public record Config(
    String root,
    List<String> markers,
    boolean links,
    List<String> symlinkRoots,
    int sendfileMin,
    boolean etagContent) {
  public Config {
    if (!root.startsWith("/")) {
      throw new IllegalArgumentException("the root's name is not absolute: " + root);
    }
    if (sendfileMin < 0) {
      throw new IllegalArgumentException("sendfileMin is negative");
    }
    markers = List.copyOf(markers);
    symlinkRoots = List.copyOf(symlinkRoots);
  }
}
