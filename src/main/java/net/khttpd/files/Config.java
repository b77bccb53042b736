package net.khttpd.files;

import java.util.List;
import java.util.function.LongSupplier;

/// What a [FileCache] needs to know; settings are read elsewhere.
///
/// @param root absolute name of the document root; followed each second
/// @param markers names of files whose presence marks a directory and all below it
/// @param symlinkRoots absolute names of directories outside the root into which links may lead
/// @param cacheBytes bound on all bodies off heap, those still in flight included
/// @param cacheEntries bound on remembered paths, absent ones included
/// @param heapBytes bound on what remembered paths take of the JVM's heap
/// @param maxDescriptors bound on descriptors kept open for large files
/// @param sendfileMin files of this many bytes and more are sent from their descriptor
/// @param etagContent compute the content's hash of every file, not only where mtime is 0 or 1
/// @param nanoTime the clock of [View#fresh]'s `nowNanos`
/// @param epochMillis wall clock
public record Config(
    String root,
    List<String> markers,
    List<String> symlinkRoots,
    long cacheBytes,
    int cacheEntries,
    long heapBytes,
    int maxDescriptors,
    int sendfileMin,
    boolean etagContent,
    LongSupplier nanoTime,
    LongSupplier epochMillis) {
  public Config {
    if (!root.startsWith("/")) {
      throw new IllegalArgumentException("the root's name is not absolute: " + root);
    }
    if (cacheBytes < 0
        || cacheEntries < 1
        || maxDescriptors < 1
        || sendfileMin < 0
        || heapBytes < 1) {
      throw new IllegalArgumentException("a bound of the file cache is too small");
    }
    markers = List.copyOf(markers);
    symlinkRoots = List.copyOf(symlinkRoots);
  }
}
