package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// The byte ranges that one request asks of a file (RFC 9110 §14.1.2, §14.2), once they have been
/// compared with its length: in the order asked for, without those that lie beyond the end, and
/// with those that overlap or touch made one.
///
/// Used again for each request of a loop; free of allocation. At most [#MAX] ranges are looked at,
/// and their positions are 64 bits wide; larger ones count as the largest.
public final class ByteRanges {
  /// More than this is not asked for by a reader of files, but by somebody who wants us to work.
  public static final int MAX = 16;

  /// Ranges that overlap others, beyond which a set is taken for an attack (RFC 9110 §14.2).
  private static final int MAX_OVERLAPPING = 2;

  private static final byte[] UNIT = {'b', 'y', 't', 'e', 's'};
  private static final long NONE = -1;

  /// What a Range field means for a file.
  public enum Outcome {
    /// The whole file is to be sent: the field is malformed, of another unit, repeated, or asks for
    /// more than the file or for too many pieces of it.
    IGNORED,
    /// 416: nothing of it lies within the file.
    UNSATISFIABLE,
    /// 206 with [#count] ranges.
    SATISFIABLE
  }

  private final long[] first = new long[MAX];
  private final long[] last = new long[MAX];
  private int specs;
  private int count;
  private long at;
  private boolean wholeOfNothing;

  /// Whether the head has a Range.
  public static boolean asked(RequestHead head) {
    return head.fields.has(FieldName.RANGE);
  }

  /// Reads the Range field of a head that has one, for a file of `size` bytes.
  public Outcome read(RequestHead head, long size) {
    FieldSection fields = head.fields;
    if (fields.occurrences(FieldName.RANGE) != 1) {
      return Outcome.IGNORED;
    }
    int i = fields.first(FieldName.RANGE);
    int start = fields.valueStart(i);
    return read(head.bytes, head.base + start, fields.valueEnd(i) - start, size);
  }

  /// Reads one value of Range.
  public Outcome read(MemorySegment value, long off, int len, long size) {
    specs = 0;
    count = 0;
    wholeOfNothing = false;
    long end = off + len;
    long set = off + UNIT.length;
    if (set >= end
        || Octets.at(value, set) != '='
        || !Octets.equalsToken(value, off, UNIT.length, UNIT)
        || !readSet(value, set + 1, end, size)) {
      return Outcome.IGNORED;
    }
    if (wholeOfNothing) {
      return Outcome.IGNORED;
    }
    if (count == 0) {
      return Outcome.UNSATISFIABLE;
    }
    if (count > 1) {
      if (abusive(size)) {
        return Outcome.IGNORED;
      }
      coalesce();
    }
    return Outcome.SATISFIABLE;
  }

  public int count() {
    return count;
  }

  /// Offset of a range's first byte.
  public long first(int i) {
    return first[i];
  }

  public long length(int i) {
    return last[i] - first[i] + 1;
  }

  /// False: malformed, or too many. Empty elements of the list are allowed (RFC 9110 §5.6.1).
  private boolean readSet(MemorySegment value, long from, long end, long size) {
    long next = from;
    while (next < end) {
      long comma = TokenList.end(value, next, end);
      long start = TokenList.trimStart(value, next, comma);
      if (start < comma && !readSpec(value, start, TokenList.trimEnd(value, start, comma), size)) {
        return false;
      }
      next = comma + 1;
    }
    return specs > 0;
  }

  private boolean readSpec(MemorySegment value, long from, long to, long size) {
    if (++specs > MAX) {
      return false;
    }
    at = from;
    long one = number(value, to);
    if (at >= to || Octets.at(value, at) != '-') {
      return false;
    }
    at++;
    long two = number(value, to);
    if (at < to || (one == NONE && two == NONE)) {
      return false;
    }
    if (one == NONE) {
      suffix(two, size);
      return true;
    }
    if (two != NONE && two < one) {
      return false;
    }
    if (one < size) {
      add(one, two == NONE ? size - 1 : Math.min(two, size - 1));
    }
    return true;
  }

  /// The last bytes, the whole file if it has fewer. Of an empty file that is an answer that
  /// Content-Range cannot express.
  private void suffix(long length, long size) {
    if (length > 0 && size > 0) {
      add(Math.max(0, size - length), size - 1);
    }
    wholeOfNothing |= length > 0 && size == 0;
  }

  private void add(long from, long to) {
    first[count] = from;
    last[count] = to;
    count++;
  }

  /// The digits at [#at], which moves behind them, or [#NONE].
  private long number(MemorySegment value, long to) {
    long start = at;
    long number = 0;
    while (at < to) {
      int digit = Octets.at(value, at) - '0';
      if (digit < 0 || digit > 9) {
        break;
      }
      boolean fits = number <= (Long.MAX_VALUE - digit) / 10;
      number = fits ? number * 10 + digit : Long.MAX_VALUE;
      at++;
    }
    return at == start ? NONE : number;
  }

  private boolean abusive(long size) {
    long left = size;
    int overlapping = 0;
    for (int i = 0; i < count; i++) {
      if (length(i) > left) {
        return true;
      }
      left -= length(i);
      for (int j = 0; j < count; j++) {
        if (i != j && first[i] <= last[j] && first[j] <= last[i]) {
          overlapping++;
          break;
        }
      }
    }
    return overlapping > MAX_OVERLAPPING;
  }

  /// Makes one of those that overlap or touch, at the place of the one asked for first. Ranges with
  /// a gap stay apart, however small it is: what was not asked for is not sent.
  private void coalesce() {
    int i = 0;
    while (i < count) {
      int j = i + 1;
      while (j < count && !touches(i, j)) {
        j++;
      }
      if (j == count) {
        i++;
        continue;
      }
      first[i] = Math.min(first[i], first[j]);
      last[i] = Math.max(last[i], last[j]);
      System.arraycopy(first, j + 1, first, j, count - j - 1);
      System.arraycopy(last, j + 1, last, j, count - j - 1);
      count--; // and look again from the next on: it has grown
    }
  }

  private boolean touches(int i, int j) {
    return first[i] <= last[j] + 1 && first[j] <= last[i] + 1;
  }
}
