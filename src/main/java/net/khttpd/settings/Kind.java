package net.khttpd.settings;

import java.util.List;
import java.util.function.Function;

/// The kind of a setting's value: how it is read, within which bounds, and how it is printed. What
/// [#print] wrote, [#read] takes back to an equal value.
///
/// @param <T> the type of the value in the snapshot
public sealed interface Kind<T> {
  /// The longest text of one value or list entry, in characters.
  int LONGEST_TEXT = 4096;

  /// The most entries of one list.
  int MOST_ENTRIES = 4096;

  /// Reads a value from trimmed text.
  T read(String text) throws BadValueException;

  /// The text from which [#read] gives an equal value.
  String print(T value);

  /// What may be written, in a few words with bounds and unit, for help and documentation.
  String form();

  /// A whole number, decimal, 0octal or 0xhex.
  record Whole(long least, long most, String unit) implements Kind<Long> {
    @Override
    public Long read(String text) throws BadValueException {
      return Numbers.within(Numbers.read(text), this, least, most);
    }

    @Override
    public String print(Long value) {
      return Long.toString(value);
    }

    @Override
    public String form() {
      return "a whole number"
          + (unit.isEmpty() ? "" : " of " + unit)
          + ", "
          + least
          + " to "
          + most;
    }
  }

  /// Bits of a file mode (inode(7)), printed in octal.
  record Mode() implements Kind<Long> {
    private static final long ALL_BITS = 07777777;

    @Override
    public Long read(String text) throws BadValueException {
      return Numbers.within(Numbers.read(text), this, 0, ALL_BITS);
    }

    @Override
    public String print(Long value) {
      return value == 0 ? "0" : "0" + Long.toOctalString(value);
    }

    @Override
    public String form() {
      return "mode bits, 0 to 07777777 (octal with a leading 0)";
    }
  }

  /// A number of bytes; K, M or G behind it multiplies by 1024 once, twice or three times.
  record Size(long least, long most) implements Kind<Long> {
    @Override
    public Long read(String text) throws BadValueException {
      return Numbers.within(Numbers.readSize(text), this, least, most);
    }

    @Override
    public String print(Long value) {
      return Long.toString(value);
    }

    @Override
    public String form() {
      return "bytes, " + least + " to " + most + " (K, M, G may follow the number)";
    }
  }

  /// A time written in seconds, with at most three decimals, kept in milliseconds.
  record Seconds(long leastMillis, long mostMillis) implements Kind<Long> {
    @Override
    public Long read(String text) throws BadValueException {
      return Numbers.within(Numbers.readSeconds(text), this, leastMillis, mostMillis);
    }

    @Override
    public String print(Long millis) {
      return Numbers.printSeconds(millis);
    }

    @Override
    public String form() {
      return "seconds, " + print(leastMillis) + " to " + print(mostMillis) + ", decimals allowed";
    }
  }

  /// 0 (off) or 1 (on).
  record Flag() implements Kind<Boolean> {
    @Override
    public Boolean read(String text) throws BadValueException {
      if (!text.matches("[0-9a-fA-FxX-]+")) {
        throw new BadValueException("is not " + form());
      }
      return Numbers.within(Numbers.read(text), this, 0, 1) == 1;
    }

    @Override
    public String print(Boolean value) {
      return value ? "1" : "0";
    }

    @Override
    public String form() {
      return "0 or 1";
    }
  }

  /// One word of a few; an enum constant's word is its name in lower case.
  record Choice<E extends Enum<E>>(Class<E> words) implements Kind<E> {
    @Override
    public E read(String text) throws BadValueException {
      for (E word : words.getEnumConstants()) {
        if (print(word).equals(text)) {
          return word;
        }
      }
      throw new BadValueException("is not " + form());
    }

    @Override
    public String print(E value) {
      return value.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public String form() {
      var joined = new StringBuilder();
      for (E word : words.getEnumConstants()) {
        joined.append(joined.isEmpty() ? "" : " or ").append(print(word));
      }
      return joined.toString();
    }
  }

  /// Any other text with a syntax of its own.
  record Text<T>(String form, Reading<T> reading, Function<T, String> printing) implements Kind<T> {
    @Override
    public T read(String text) throws BadValueException {
      return reading.read(text);
    }

    @Override
    public String print(T value) {
      return printing.apply(value);
    }

    /// How the text becomes a value.
    @FunctionalInterface
    public interface Reading<T> {
      T read(String text) throws BadValueException;
    }
  }

  /// A list: a write adds one entry, `-entry` removes it. Read and print here are those of a single
  /// entry's list; [Draft] and [Listing] handle the whole.
  ///
  /// @param separable whether one write may name several entries, with commas between them
  record ListOf<E>(Kind<E> entry, boolean separable) implements Kind<List<E>> {
    ListOf(Kind<E> entry) {
      this(entry, false);
    }

    static <E> ListOf<E> separable(Kind<E> entry) {
      return new ListOf<>(entry, true);
    }

    @Override
    public List<E> read(String text) throws BadValueException {
      return List.of(entry.read(text));
    }

    @Override
    public String print(List<E> value) {
      var joined = new StringBuilder();
      for (E each : value) {
        joined.append(joined.isEmpty() ? "" : " ").append(entry.print(each));
      }
      return joined.toString();
    }

    @Override
    public String form() {
      String several = separable ? "; a write may name several, with commas between them" : "";
      return "a list; each entry " + entry.form() + several;
    }
  }
}
