package net.khttpd.passon;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.khttpd.client.RequestId;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.RequestHead;

/// Gives each request that is passed on its id: the one X-Request-Id of the client if it is
/// harmless wherever it will be written, else a new one. One for each loop; its thread only.
final class RequestIds {
  private final long prefix;
  private boolean wanted;
  private long made;

  /// @param prefix random: what tells this loop's ids from those of all others, and of other runs
  RequestIds(long prefix, boolean wanted) {
    this.prefix = prefix;
    this.wanted = wanted;
  }

  /// Whether ids are given from the next request on.
  void apply(boolean want) {
    wanted = want;
  }

  /// Sets the id of this request; clears it if ids are not wanted.
  void assign(RequestHead head, RequestId id) {
    if (!wanted) {
      id.clear();
      return;
    }
    FieldSection fields = head.fields();
    if (fields.occurrences(FieldName.X_REQUEST_ID) == 1) {
      int i = fields.first(FieldName.X_REQUEST_ID);
      long from = head.base() + fields.valueStart(i);
      int length = fields.valueEnd(i) - fields.valueStart(i);
      if (length <= RequestId.LONGEST && isVisible(head.bytes(), from, length)) {
        id.keep(head.bytes(), from, length);
        return;
      }
    }
    id.make(prefix, ++made);
  }

  /// Whether it is at least one octet of visible ASCII, and nothing else.
  private static boolean isVisible(MemorySegment bytes, long from, int length) {
    for (long at = from; at < from + length; at++) {
      byte octet = bytes.get(ValueLayout.JAVA_BYTE, at);
      if (octet <= ' ' || octet == 0x7f) {
        return false;
      }
    }
    return length > 0;
  }
}
