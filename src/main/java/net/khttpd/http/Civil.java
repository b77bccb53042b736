package net.khttpd.http;

/// The Gregorian calendar, extended to before its invention: days since 1970-01-01 to year, month
/// and day, and back, without allocation.
///
/// A date is packed into an int so that it needs no object: `year << 9 | month << 5 | day`. Counts
/// in eras of 400 years, and in years that begin with March, so that the leap day comes last.
final class Civil {
  private static final int DAYS_OF_ERA = 146_097;

  /// From 0000-03-01 to 1970-01-01.
  private static final int DAYS_TO_EPOCH = 719_468;

  private Civil() {}

  /// The packed date of a day in the years 0 to 9999.
  static int ofEpochDay(long epochDay) {
    long shifted = epochDay + DAYS_TO_EPOCH;
    int era = (int) Math.floorDiv(shifted, (long) DAYS_OF_ERA);
    int ofEra = (int) (shifted - (long) era * DAYS_OF_ERA);
    int yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
    int ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    int fromMarch = (5 * ofYear + 2) / 153;
    int day = ofYear - (153 * fromMarch + 2) / 5 + 1;
    int month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
    int year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
    return year << 9 | month << 5 | day;
  }

  static int year(int date) {
    return date >> 9;
  }

  static int month(int date) {
    return date >> 5 & 15;
  }

  static int day(int date) {
    return date & 31;
  }

  /// The day's number; a day beyond the end of its month runs on into the next.
  static long toEpochDay(int year, int month, int day) {
    int marchYear = month <= 2 ? year - 1 : year;
    int era = Math.floorDiv(marchYear, 400);
    int yearOfEra = marchYear - era * 400;
    int ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear;
    return (long) era * DAYS_OF_ERA + ofEra - DAYS_TO_EPOCH;
  }

  /// How many days a month (1 to 12) has.
  static int daysOf(int year, int month) {
    if (month == 2) {
      boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
      return leap ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }
}
