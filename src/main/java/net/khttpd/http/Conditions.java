package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// The conditions of one request, and what they mean for the file that was found (RFC 9110 §13).
///
/// Used again for each request of a loop: [#clear], one call per condition met in the head, then
/// [#against] once the file's tag and date are known. Keeps offsets into the head, so the head must
/// not move in between. Free of allocation; used by one loop.
public final class Conditions {
  /// What the conditions ask for.
  public enum Outcome {
    /// Answer as if there were no condition.
    PROCEED,
    /// 304: what the client holds is what we would send.
    NOT_MODIFIED
  }

  /// How many lines of If-None-Match are read. More match nothing: no client has a reason to send
  /// them, and the whole answer is always right.
  static final int MAX_LINES = 4;

  private MemorySegment head = MemorySegment.NULL;
  private final long[] tagsOff = new long[MAX_LINES];
  private final int[] tagsLen = new int[MAX_LINES];
  private int tagLines;
  private long sinceOff;
  private int sinceLen;
  private int sinceLines;

  /// Forgets the last request; the offsets that follow are offsets into `head`.
  public void clear(MemorySegment head) {
    this.head = head;
    tagLines = 0;
    sinceLines = 0;
  }

  /// One line of If-None-Match. Several lines are one list (RFC 9110 §5.3).
  public void ifNoneMatch(long off, int len) {
    if (tagLines < MAX_LINES) {
      tagsOff[tagLines] = off;
      tagsLen[tagLines] = len;
    }
    tagLines++;
  }

  /// One line of If-Modified-Since. It may stand once only; repeated it is ignored (RFC 9110
  /// §13.1.3).
  public void ifModifiedSince(long off, int len) {
    sinceOff = off;
    sinceLen = len;
    sinceLines++;
  }

  /// Whether the request has any condition at all.
  public boolean any() {
    return (tagLines | sinceLines) != 0;
  }

  /// Evaluates the conditions of a GET or HEAD in the order of RFC 9110 §13.2.2 against a file that
  /// exists: its entity tag as sent, its Last-Modified and the present time in seconds since 1970.
  ///
  /// With If-None-Match present, If-Modified-Since is not even looked at. A date that is invalid or
  /// later than `now` is ignored; otherwise a file not modified after it, to the second, is not
  /// modified. A new condition of §13.1 joins here, at its place in that order.
  public Outcome against(byte[] tag, long lastModified, long now) {
    if (tagLines > 0) {
      return anyTagMatches(tag) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }
    return unmodifiedSince(lastModified, now) ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
  }

  private boolean anyTagMatches(byte[] tag) {
    if (tagLines > MAX_LINES) {
      return false;
    }
    for (int i = 0; i < tagLines; i++) {
      if (EntityTags.matches(head, tagsOff[i], tagsLen[i], tag, true)) {
        return true;
      }
    }
    return false;
  }

  private boolean unmodifiedSince(long lastModified, long now) {
    if (sinceLines != 1) {
      return false;
    }
    long since = HttpDate.parse(head, sinceOff, sinceLen, now);
    return since != HttpDate.INVALID && since <= now && lastModified <= since;
  }
}
