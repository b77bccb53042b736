package net.khttpd.precompress;

import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import net.khttpd.http.ContentCoding;

/// A variant that is to be made.
///
/// @param size of the original when it was looked at
/// @param modified time of the original then
/// @param mayBeGood whether one is there that is newer than the original: then the contents decide
record Variant(
    Path original, ContentCoding coding, long size, FileTime modified, boolean mayBeGood) {
  Path path() {
    return original.resolveSibling(original.getFileName() + coding.suffix());
  }
}
