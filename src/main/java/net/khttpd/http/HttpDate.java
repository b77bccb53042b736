package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Writes and reads the dates of HTTP (RFC 9110 §5.6.7), which are in GMT and English whatever the
/// machine's zone and locale.
///
/// Times are seconds since 1970-01-01T00:00:00Z, without leap seconds. Pure and free of allocation,
/// save [#format]; any thread.
public final class HttpDate {
  /// Bytes of the format we write, IMF-fixdate: `Sun, 06 Nov 1994 08:49:37 GMT`.
  public static final int LENGTH = 29;

  /// What [#parse] returns for anything that is not a date.
  public static final long INVALID = Long.MIN_VALUE;

  /// The first second of year 0 and the last of year 9999: four digits hold no other year.
  static final long FIRST = -62_167_219_200L;

  static final long LAST = 253_402_300_799L;

  private static final byte[] DAYS = ascii("SunMonTueWedThuFriSat");
  private static final byte[] MONTHS = ascii("JanFebMarAprMayJunJulAugSepOctNovDec");
  private static final byte[] TEMPLATE = ascii("Sun, 00 Jan 0000 00:00:00 GMT");
  private static final byte[][] LONG_DAYS = {
    ascii("Sunday"),
    ascii("Monday"),
    ascii("Tuesday"),
    ascii("Wednesday"),
    ascii("Thursday"),
    ascii("Friday"),
    ascii("Saturday")
  };
  private static final int ASCTIME_LENGTH = 24;

  /// Bytes of `, 06-Nov-94 08:49:37 GMT`, which follow the day's long name in RFC 850.
  private static final int AFTER_LONG_DAY = 24;

  private HttpDate() {}

  /// Writes [#LENGTH] bytes of IMF-fixdate. A time outside the years 0 to 9999 is written as the
  /// nearest one inside.
  public static void write(long epochSecond, MemorySegment out, long off) {
    long second = Math.clamp(epochSecond, FIRST, LAST);
    long day = Math.floorDiv(second, 86_400L);
    int ofDay = (int) (second - day * 86_400L);
    int date = Civil.ofEpochDay(day);
    int year = Civil.year(date);

    MemorySegment.copy(TEMPLATE, 0, out, ValueLayout.JAVA_BYTE, off, LENGTH);
    // 1970-01-01 was a Thursday, the fifth day of a week that begins with Sunday.
    MemorySegment.copy(
        DAYS, 3 * (int) Math.floorMod(day + 4, 7L), out, ValueLayout.JAVA_BYTE, off, 3);
    putTwo(out, off + 5, Civil.day(date));
    MemorySegment.copy(MONTHS, 3 * (Civil.month(date) - 1), out, ValueLayout.JAVA_BYTE, off + 8, 3);
    putTwo(out, off + 12, year / 100);
    putTwo(out, off + 14, year % 100);
    putTwo(out, off + 17, ofDay / 3600);
    putTwo(out, off + 20, ofDay / 60 % 60);
    putTwo(out, off + 23, ofDay % 60);
  }

  /// The same bytes as [#write], in a new array: for heads that are made once.
  public static byte[] format(long epochSecond) {
    byte[] date = new byte[LENGTH];
    write(epochSecond, MemorySegment.ofArray(date), 0);
    return date;
  }

  /// Reads a date in any of the three formats a recipient must accept: IMF-fixdate, RFC 850 and
  /// asctime. Names are case-sensitive; the day's name must be one of the seven, but is not
  /// compared with the date. Second 60 is the first of the next minute.
  ///
  /// `now` settles the century of RFC 850's two digits: the year that lies at most 50 years ahead.
  /// Returns [#INVALID] for anything else, white space around the date included.
  public static long parse(MemorySegment in, long off, int len, long now) {
    if (len == LENGTH && in.get(ValueLayout.JAVA_BYTE, off + 3) == ',') {
      return parseFixdate(in, off);
    }
    return len == ASCTIME_LENGTH ? parseAsctime(in, off) : parseRfc850(in, off, len, now);
  }

  private static long parseFixdate(MemorySegment in, long off) {
    int day = two(in, off + 5);
    int month = month(in, off + 8);
    int year = four(in, off + 12);
    boolean framed =
        isShortDay(in, off)
            && at(in, off + 4, ' ')
            && at(in, off + 7, ' ')
            && at(in, off + 11, ' ')
            && at(in, off + 16, ' ')
            && isGmt(in, off + 25);
    return framed ? join(year, month, day, timeOfDay(in, off + 17)) : INVALID;
  }

  private static long parseAsctime(MemorySegment in, long off) {
    int month = month(in, off + 4);
    int day = at(in, off + 8, ' ') ? digit(in, off + 9) : two(in, off + 8);
    int year = four(in, off + 20);
    boolean framed =
        isShortDay(in, off)
            && at(in, off + 3, ' ')
            && at(in, off + 7, ' ')
            && at(in, off + 10, ' ')
            && at(in, off + 19, ' ');
    return framed ? join(year, month, day, timeOfDay(in, off + 11)) : INVALID;
  }

  private static long parseRfc850(MemorySegment in, long off, int len, long now) {
    int nameLength = len - AFTER_LONG_DAY;
    if (!isLongDay(in, off, nameLength)) {
      return INVALID;
    }
    long rest = off + nameLength;
    int day = two(in, rest + 2);
    int month = month(in, rest + 5);
    int ofCentury = two(in, rest + 9);
    int ofDay = timeOfDay(in, rest + 12);
    boolean framed =
        at(in, rest, ',')
            && at(in, rest + 1, ' ')
            && at(in, rest + 4, '-')
            && at(in, rest + 8, '-')
            && at(in, rest + 11, ' ')
            && isGmt(in, rest + 20);
    return framed && ofCentury >= 0 ? inWindow(ofCentury, month, day, ofDay, now) : INVALID;
  }

  /// Of the years that end in these two digits, the last that is not more than 50 years ahead.
  private static long inWindow(int ofCentury, int month, int day, int ofDay, long now) {
    long clamped = Math.clamp(now, FIRST, LAST);
    long today = Math.floorDiv(clamped, 86_400L);
    int date = Civil.ofEpochDay(today);
    int latest = Civil.year(date) + 50;
    long horizon =
        Civil.toEpochDay(latest, Civil.month(date), Civil.day(date)) * 86_400L
            + (clamped - today * 86_400L);
    int year = latest - Math.floorMod(latest - ofCentury, 100);
    long second = join(year, month, day, ofDay);
    return second > horizon ? join(year - 100, month, day, ofDay) : second;
  }

  private static long join(int year, int month, int day, int ofDay) {
    if ((year | month | ofDay) < 0 || day < 1 || day > Civil.daysOf(year, month)) {
      return INVALID;
    }
    return Civil.toEpochDay(year, month, day) * 86_400L + ofDay;
  }

  /// Seconds since midnight from `08:49:37`, or -1.
  private static int timeOfDay(MemorySegment in, long off) {
    int hour = two(in, off);
    int minute = two(in, off + 3);
    int second = two(in, off + 6);
    boolean valid =
        (hour | minute | second) >= 0
            && hour < 24
            && minute < 60
            && second <= 60
            && at(in, off + 2, ':')
            && at(in, off + 5, ':');
    return valid ? hour * 3600 + minute * 60 + second : -1;
  }

  /// 1 to 12, or -1.
  private static int month(MemorySegment in, long off) {
    int index = indexOfThree(MONTHS, in, off);
    return index < 0 ? -1 : index + 1;
  }

  private static boolean isShortDay(MemorySegment in, long off) {
    return indexOfThree(DAYS, in, off) >= 0;
  }

  private static int indexOfThree(byte[] names, MemorySegment in, long off) {
    byte first = in.get(ValueLayout.JAVA_BYTE, off);
    byte second = in.get(ValueLayout.JAVA_BYTE, off + 1);
    byte third = in.get(ValueLayout.JAVA_BYTE, off + 2);
    for (int i = 0; i < names.length; i += 3) {
      if (names[i] == first && names[i + 1] == second && names[i + 2] == third) {
        return i / 3;
      }
    }
    return -1;
  }

  private static boolean isLongDay(MemorySegment in, long off, int len) {
    for (byte[] name : LONG_DAYS) {
      if (name.length == len && same(name, in, off)) {
        return true;
      }
    }
    return false;
  }

  private static boolean same(byte[] name, MemorySegment in, long off) {
    for (int i = 0; i < name.length; i++) {
      if (in.get(ValueLayout.JAVA_BYTE, off + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isGmt(MemorySegment in, long off) {
    return at(in, off, ' ') && at(in, off + 1, 'G') && at(in, off + 2, 'M') && at(in, off + 3, 'T');
  }

  private static boolean at(MemorySegment in, long off, char expected) {
    return in.get(ValueLayout.JAVA_BYTE, off) == expected;
  }

  private static int four(MemorySegment in, long off) {
    int high = two(in, off);
    int low = two(in, off + 2);
    return (high | low) < 0 ? -1 : high * 100 + low;
  }

  private static int two(MemorySegment in, long off) {
    int tens = digit(in, off);
    int ones = digit(in, off + 1);
    return (tens | ones) < 0 ? -1 : tens * 10 + ones;
  }

  private static int digit(MemorySegment in, long off) {
    int value = in.get(ValueLayout.JAVA_BYTE, off) - '0';
    return value >= 0 && value <= 9 ? value : -1;
  }

  private static void putTwo(MemorySegment out, long off, int value) {
    out.set(ValueLayout.JAVA_BYTE, off, (byte) ('0' + value / 10));
    out.set(ValueLayout.JAVA_BYTE, off + 1, (byte) ('0' + value % 10));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
