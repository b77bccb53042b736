package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads Accept-Encoding (RFC 9110 §12.5.3) into the weight of each coding that we know.
///
/// A field that is malformed anywhere counts as absent: nothing but the original is sent, which is
/// always right. Several lines are one list; a coding that is named twice has its lowest weight;
/// `x-gzip` is gzip; `*` is every coding that is not named. Reading takes time in proportion to the
/// field's length.
///
/// Clients of one kind send the same octets with every request, so the last few values are
/// remembered with what they mean. Used by one loop; free of allocation but for a new value.
public final class AcceptEncoding {
  /// No coding is acceptable.
  public static final long NONE = 0;

  private static final ContentCoding[] CODINGS = ContentCoding.values();
  private static final int IDENTITY = CODINGS.length;
  private static final int STAR = IDENTITY + 1;
  private static final int OTHER = STAR + 1;
  private static final int BITS = 10;
  private static final int MASK = (1 << BITS) - 1;
  private static final int MALFORMED = -1;
  private static final int UNNAMED = -1;
  private static final int WHOLE = 1000;
  private static final byte[] IDENTITY_TOKEN = "identity".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] X_GZIP = "x-gzip".getBytes(StandardCharsets.US_ASCII);

  /// Values remembered: some kinds of browsers and tools at a time.
  private static final int SLOTS = 16;

  /// Longer values are read each time; those of browsers have 25 octets or less.
  private static final int LONGEST = 64;

  private final byte[] @Nullable [] values = new byte[SLOTS][];
  private final long[] meanings = new long[SLOTS];
  private final int[] weights = new int[OTHER + 1];

  /// What the request says of codings, for [#best]; [#NONE] if it has no such field.
  public long read(RequestHead head) {
    FieldSection fields = head.fields();
    int first = fields.first(FieldName.ACCEPT_ENCODING);
    if (first < 0) {
      return NONE;
    }
    if (fields.occurrences(FieldName.ACCEPT_ENCODING) == 1) {
      return remembered(head, fields.valueStart(first), fields.valueEnd(first));
    }
    begin();
    for (int i = first; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.ACCEPT_ENCODING
          && !take(
              head.bytes(), head.base() + fields.valueStart(i), head.base() + fields.valueEnd(i))) {
        return NONE;
      }
    }
    return meaning();
  }

  /// The coding of the greatest weight among `candidates` (a sum of [ContentCoding#bit]), the first
  /// in `order` where weights are equal; null if none is acceptable or the original is explicitly
  /// preferred to all of them.
  public static @Nullable ContentCoding best(long meaning, int candidates, ContentCoding[] order) {
    int least = Math.max(1, weight(meaning, IDENTITY));
    ContentCoding best = null;
    for (ContentCoding coding : order) {
      int weight = weight(meaning, coding.ordinal());
      if ((candidates & coding.bit()) != 0 && weight >= least) {
        best = coding;
        least = weight + 1;
      }
    }
    return best;
  }

  private static int weight(long meaning, int index) {
    return (int) (meaning >>> (index * BITS)) & MASK;
  }

  private long remembered(RequestHead head, int from, int to) {
    int length = to - from;
    if (length == 0) {
      return NONE;
    }
    long offset = head.base() + from;
    if (length > LONGEST) {
      return meaningOf(head.bytes(), offset, length);
    }
    int slot = (length + 3 * head.octet(to - 1)) & (SLOTS - 1);
    byte[] known = values[slot];
    if (known != null && same(known, head.bytes(), offset, length)) {
      return meanings[slot];
    }
    byte[] value = new byte[length];
    MemorySegment.copy(head.bytes(), ValueLayout.JAVA_BYTE, offset, value, 0, length);
    long meaning = meaningOf(head.bytes(), offset, length);
    values[slot] = value;
    meanings[slot] = meaning;
    return meaning;
  }

  private static boolean same(byte[] known, MemorySegment bytes, long offset, int length) {
    if (known.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known[i] != bytes.get(Octets.OCTET, offset + i)) {
        return false;
      }
    }
    return true;
  }

  /// What one value means by itself.
  long meaningOf(MemorySegment bytes, long offset, int length) {
    begin();
    return take(bytes, offset, offset + length) ? meaning() : NONE;
  }

  private void begin() {
    java.util.Arrays.fill(weights, UNNAMED);
  }

  private long meaning() {
    int others = Math.max(0, weights[STAR]);
    long meaning = (long) Math.max(0, weights[IDENTITY]) << (IDENTITY * BITS);
    for (int i = 0; i < IDENTITY; i++) {
      meaning |= (long) (weights[i] == UNNAMED ? others : weights[i]) << (i * BITS);
    }
    return meaning;
  }

  /// Takes the elements of one line; false if it is malformed.
  private boolean take(MemorySegment bytes, long from, long to) {
    for (long i = from; i < to; ) {
      long end = TokenList.end(bytes, i, to);
      long start = TokenList.trimStart(bytes, i, end);
      long stop = TokenList.trimEnd(bytes, start, end);
      if (start < stop && !takeElement(bytes, start, stop)) {
        return false;
      }
      i = end + 1;
    }
    return true;
  }

  private boolean takeElement(MemorySegment bytes, long start, long stop) {
    long semicolon = start;
    while (semicolon < stop && bytes.get(Octets.OCTET, semicolon) != ';') {
      semicolon++;
    }
    long nameEnd = TokenList.trimEnd(bytes, start, semicolon);
    int weight = semicolon == stop ? WHOLE : weight(bytes, semicolon + 1, stop);
    if (weight == MALFORMED || !TokenList.isToken(bytes, start, nameEnd)) {
      return false;
    }
    int index = index(bytes, start, (int) (nameEnd - start));
    int before = weights[index];
    weights[index] = before == UNNAMED ? weight : Math.min(before, weight);
    return true;
  }

  private static int index(MemorySegment bytes, long start, int length) {
    for (ContentCoding coding : CODINGS) {
      if (coding.is(bytes, start, length)) {
        return coding.ordinal();
      }
    }
    if (Octets.equalsToken(bytes, start, length, X_GZIP)) {
      return ContentCoding.GZIP.ordinal();
    }
    if (Octets.equalsToken(bytes, start, length, IDENTITY_TOKEN)) {
      return IDENTITY;
    }
    return length == 1 && bytes.get(Octets.OCTET, start) == '*' ? STAR : OTHER;
  }

  /// `q=` and a qvalue (§12.4.2) in thousandths, or [#MALFORMED].
  private static int weight(MemorySegment bytes, long from, long stop) {
    long at = TokenList.trimStart(bytes, from, stop);
    long digits = stop - at - 2;
    if (digits < 1
        || digits > 5
        || (bytes.get(Octets.OCTET, at) | 0x20) != 'q'
        || bytes.get(Octets.OCTET, at + 1) != '=') {
      return MALFORMED;
    }
    int whole = bytes.get(Octets.OCTET, at + 2) - '0';
    boolean point = digits == 1 || bytes.get(Octets.OCTET, at + 3) == '.';
    if ((whole != 0 && whole != 1) || !point) {
      return MALFORMED;
    }
    int weight = whole * WHOLE;
    int unit = WHOLE / 10;
    for (long i = at + 4; i < stop; i++) {
      int digit = bytes.get(Octets.OCTET, i) - '0';
      if (digit < 0 || digit > 9) {
        return MALFORMED;
      }
      weight += digit * unit;
      unit /= 10;
    }
    return weight > WHOLE ? MALFORMED : weight;
  }
}
