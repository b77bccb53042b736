package net.khttpd.files;

/// How much the caches of a server may remember together.
///
/// @param cacheBytes bound on all bodies off heap, those still in flight included
/// @param cacheEntries bound on remembered paths, absent ones included
/// @param heapBytes bound on what remembered paths take of the JVM's heap
/// @param maxDescriptors bound on descriptors kept open for large files
public record Bounds(long cacheBytes, int cacheEntries, long heapBytes, int maxDescriptors) {
  public Bounds {
    if (cacheBytes < 0 || cacheEntries < 1 || maxDescriptors < 1 || heapBytes < 1) {
      throw new IllegalArgumentException("a bound of the file caches is too small");
    }
  }
}
