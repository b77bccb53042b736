package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import net.khttpd.files.Entry;
import net.khttpd.http.MediaTypes;
import net.khttpd.http.Status;
import net.khttpd.send.HeadTemplate;
import org.jspecify.annotations.Nullable;

/// The answers that one loop has made last of the operator's error pages, one for each status: a
/// flood of errors makes no more of them. Used by that loop's thread.
final class ErrorPages {
  private final Decision.@Nullable Page[] last = new Decision.Page[Status.values().length];

  /// The answer of this status with this file as its body.
  Decision.Page of(Status status, Entry entry, Policy policy) {
    Decision.Page page = last[status.ordinal()];
    if (page == null || page.entry() != entry) {
      page = new Decision.Page(status, entry, head(status, entry, policy));
      last[status.ordinal()] = page;
    }
    return page;
  }

  /// Forgets what was made of files that are served no more.
  void clear() {
    java.util.Arrays.fill(last, null);
  }

  private static HeadTemplate head(Status status, Entry entry, Policy policy) {
    byte[] path = entry.path();
    int type = policy.mediaTypes().find(MemorySegment.ofArray(path), 0, path.length);
    byte[] contentType =
        type == MediaTypes.UNKNOWN ? policy.defaultType() : policy.mediaTypes().contentType(type);
    return new HeadTemplate(
        "HTTP/1.1 " + status.code() + " " + status.reason(),
        "%sContent-Type: %s\r\nContent-Length: %d\r\n"
            .formatted(status.fields(), new String(contentType, ISO_8859_1), entry.facts().size()));
  }
}
