package net.khttpd.precompress;

import java.nio.file.Path;
import java.util.List;
import net.khttpd.http.ContentCoding;

/// What a run shall do.
///
/// @param root real path of the tree
/// @param codings to be made
/// @param minBytes smaller files are left alone
/// @param jobs variants made at the same time
/// @param dryRun whether nothing is written
public record Options(
    Path root, List<ContentCoding> codings, long minBytes, int jobs, boolean dryRun) {
  public Options {
    codings = List.copyOf(codings);
  }
}
