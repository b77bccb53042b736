package net.khttpd.http;

import java.util.Arrays;

/// The field lines of a head or of a trailer section (RFC 9110 §5): where each name and value lies,
/// in octets from the start of the head. Reused; belongs to the parser that fills it. Its arrays
/// grow up to the bound given, so that after a while nothing is allocated any more.
public final class FieldSection {
  private static final int INITIAL = 24;
  private static final int PER_FIELD = 4;

  private final int max;
  private final int[] first = new int[FieldName.values().length];
  private final int[] occurrences = new int[FieldName.values().length];
  private int[] offsets;
  private FieldName[] names;
  private int count;
  private long seen;

  FieldSection(int max) {
    this.max = max;
    int initial = Math.min(INITIAL, max);
    offsets = new int[initial * PER_FIELD];
    names = new FieldName[initial];
    Arrays.fill(names, FieldName.OTHER);
  }

  public int count() {
    return count;
  }

  public int nameStart(int i) {
    return offsets[i * PER_FIELD];
  }

  public int nameEnd(int i) {
    return offsets[i * PER_FIELD + 1];
  }

  /// Where the value begins, optional whitespace left out.
  public int valueStart(int i) {
    return offsets[i * PER_FIELD + 2];
  }

  /// Where the value ends, optional whitespace left out; equal to the start for an empty value.
  public int valueEnd(int i) {
    return offsets[i * PER_FIELD + 3];
  }

  public FieldName name(int i) {
    return names[i];
  }

  /// The index of the first field line of this name, -1 if there is none. Not for
  /// [FieldName#OTHER].
  public int first(FieldName name) {
    return (seen & name.bit()) == 0 ? -1 : first[name.index()];
  }

  public boolean has(FieldName name) {
    return (seen & name.bit()) != 0;
  }

  /// How many field lines bear this name.
  public int occurrences(FieldName name) {
    return (seen & name.bit()) == 0 ? 0 : occurrences[name.index()];
  }

  /// Whether at least one field line bears one of these names, a sum of [FieldName#bit].
  boolean hasAny(long names) {
    return (seen & names) != 0;
  }

  boolean full() {
    return count == max;
  }

  void reset() {
    count = 0;
    seen = 0;
  }

  void add(FieldName name, int nameStart, int nameEnd, int valueStart, int valueEnd) {
    int i = count;
    if (i == names.length) {
      grow();
    }
    int at = i * PER_FIELD;
    offsets[at] = nameStart;
    offsets[at + 1] = nameEnd;
    offsets[at + 2] = valueStart;
    offsets[at + 3] = valueEnd;
    names[i] = name;
    int index = name.index();
    if ((seen & name.bit()) == 0) {
      seen |= name.bit();
      first[index] = i;
      occurrences[index] = 1;
    } else {
      occurrences[index]++;
    }
    count = i + 1;
  }

  private void grow() {
    int old = names.length;
    int larger = Math.min(max, old * 2);
    offsets = Arrays.copyOf(offsets, larger * PER_FIELD);
    names = Arrays.copyOf(names, larger);
    Arrays.fill(names, old, larger, FieldName.OTHER);
  }
}
