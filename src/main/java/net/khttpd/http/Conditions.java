package net.khttpd.http;

/// The conditions of a GET or HEAD, and what they mean for the file that was found (RFC 9110 §13).
/// Pure and free of allocation; the time they take is linear in the length of the head.
///
/// A condition that cannot be read never selects less than the whole file: a date that is none is
/// ignored, as the RFC demands (§13.1.3, §13.1.4); a list that is none matches nothing.
public final class Conditions {
  /// What the conditions ask for.
  public enum Outcome {
    /// Answer as if there were no condition.
    PROCEED,
    /// 304: what the client holds is what we would send.
    NOT_MODIFIED,
    /// 412: it is not the version that the client means.
    FAILED
  }

  /// As `lastModified`: no date is known, and conditions that compare one are ignored (RFC 9110
  /// §13.1.3, §13.1.4).
  public static final long UNDATED = Long.MIN_VALUE;

  private static final long FIELDS =
      FieldName.IF_MATCH.bit()
          | FieldName.IF_UNMODIFIED_SINCE.bit()
          | FieldName.IF_NONE_MATCH.bit()
          | FieldName.IF_MODIFIED_SINCE.bit();

  private Conditions() {}

  /// Whether the head has any condition, If-Range apart.
  public static boolean any(RequestHead head) {
    return head.fields.hasAny(FIELDS);
  }

  /// Evaluates the conditions in the order of RFC 9110 §13.2.2 against a file that exists.
  ///
  /// With If-Match present, If-Unmodified-Since is not even looked at, nor If-Modified-Since with
  /// If-None-Match. A date of If-Modified-Since later than `now` is ignored.
  ///
  /// @param tag the entity tag as sent; empty: there is none, and only `*` matches
  /// @param lastModified as sent, in seconds since 1970, as is `now`
  public static Outcome judge(RequestHead head, byte[] tag, long lastModified, long now) {
    FieldSection fields = head.fields;
    if (fields.has(FieldName.IF_MATCH)) {
      if (!anyTagMatches(head, FieldName.IF_MATCH, tag, false)) {
        return Outcome.FAILED;
      }
    } else if (fields.has(FieldName.IF_UNMODIFIED_SINCE)) {
      long since = date(head, FieldName.IF_UNMODIFIED_SINCE, now);
      if (since != HttpDate.INVALID && lastModified > since) {
        return Outcome.FAILED;
      }
    }
    if (fields.has(FieldName.IF_NONE_MATCH)) {
      return anyTagMatches(head, FieldName.IF_NONE_MATCH, tag, true)
          ? Outcome.NOT_MODIFIED
          : Outcome.PROCEED;
    }
    if (fields.has(FieldName.IF_MODIFIED_SINCE)) {
      long since = date(head, FieldName.IF_MODIFIED_SINCE, now);
      boolean valid = since != HttpDate.INVALID && since <= now && lastModified != UNDATED;
      return valid && lastModified <= since ? Outcome.NOT_MODIFIED : Outcome.PROCEED;
    }
    return Outcome.PROCEED;
  }

  /// Whether Range may be followed: there is no If-Range, or it names this very version (RFC 9110
  /// §13.1.5) by one strong tag, or by its date. Anything else, a list included, means the whole
  /// file.
  ///
  /// @param dateIsStrong the file was last modified at least a second ago (§8.8.2.2), and
  ///   `lastModified` is when
  public static boolean rangeMayApply(
      RequestHead head, byte[] tag, long lastModified, boolean dateIsStrong, long now) {
    int i = head.fields.first(FieldName.IF_RANGE);
    if (i < 0) {
      return true;
    }
    if (head.fields.occurrences(FieldName.IF_RANGE) > 1) {
      return false;
    }
    long offset = head.base + head.fields.valueStart(i);
    int length = head.fields.valueEnd(i) - head.fields.valueStart(i);
    if (EntityTags.isOne(head.bytes, offset, length)) {
      return EntityTags.matches(head.bytes, offset, length, tag, false);
    }
    return dateIsStrong
        && lastModified != UNDATED
        && HttpDate.parse(head.bytes, offset, length, now) == lastModified;
  }

  /// Several lines are one list (RFC 9110 §5.3).
  private static boolean anyTagMatches(RequestHead head, FieldName name, byte[] tag, boolean weak) {
    FieldSection fields = head.fields;
    for (int i = fields.first(name); i < fields.count(); i++) {
      if (fields.name(i) == name) {
        int start = fields.valueStart(i);
        int length = fields.valueEnd(i) - start;
        if (EntityTags.matches(head.bytes, head.base + start, length, tag, weak)) {
          return true;
        }
      }
    }
    return false;
  }

  /// A date may stand once only; repeated it is none (RFC 9110 §13.1.3, §13.1.4).
  private static long date(RequestHead head, FieldName name, long now) {
    FieldSection fields = head.fields;
    if (fields.occurrences(name) != 1) {
      return HttpDate.INVALID;
    }
    int i = fields.first(name);
    int start = fields.valueStart(i);
    return HttpDate.parse(head.bytes, head.base + start, fields.valueEnd(i) - start, now);
  }
}
