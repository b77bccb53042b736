package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// RFC 9110 §14.1.2 and rows R1 and R2 of `peers.md`, by a table and against a plain model.
class ByteRangesTest {
  private static final long SEED = 9110;
  private static final int ROUNDS = Boolean.getBoolean("khttpd.long") ? 5_000_000 : 60_000;

  private final ByteRanges ranges = new ByteRanges();

  /// Of 10,000 bytes, as in the RFC's examples, unless the table says otherwise.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bytes=0-499                       | 10000 | 0-499
          bytes=500-999                     | 10000 | 500-999
          bytes=-500                        | 10000 | 9500-9999
          bytes=9500-                       | 10000 | 9500-9999
          bytes=0-0,-1                      | 10000 | 0-0 9999-9999
          bytes= 0-999, 4500-5499, -1000    | 10000 | 0-999 4500-5499 9000-9999
          bytes=500-600,601-999             | 10000 | 500-999
          bytes=500-700,601-999             | 10000 | 500-999
          BYTES=1-2                         | 10000 | 1-2
          bytes=0-                          | 10000 | 0-9999
          bytes=-20000                      | 10000 | 0-9999
          bytes=9999-20000                  | 10000 | 9999-9999
          bytes=10000-                      | 10000 | 416
          bytes=10000-20000                 | 10000 | 416
          bytes=-0                          | 10000 | 416
          bytes=0-0,-0,10000-               | 10000 | 0-0
          bytes=7-8,1-2                     | 10000 | 7-8 1-2
          bytes=7-8,1-2,9-9                 | 10000 | 7-9 1-2
          bytes=1-2,5-6,3-4                 | 10000 | 1-6
          bytes=5-6,,1-2 ,                  | 10000 | 5-6 1-2
          bytes=1-2,1-2                     | 10000 | 1-2
          bytes=1-2,1-2,1-2                 | 10000 | 200
          bytes=1-9,5-20,100-110,105-120    | 10000 | 200
          bytes=0-9999,0-0                  | 10000 | 200
          bytes=0-,-1                       | 10000 | 200
          bytes=20-10                       | 10000 | 200
          bytes=0-0,20-10                   | 10000 | 200
          bytes=x-                          | 10000 | 200
          bytes=-                           | 10000 | 200
          bytes=--1                         | 10000 | 200
          bytes=1                           | 10000 | 200
          bytes=1-2-3                       | 10000 | 200
          bytes=1 -2                        | 10000 | 200
          bytes=1- 2                        | 10000 | 200
          bytes=+1-2                        | 10000 | 200
          bytes=0x1-2                       | 10000 | 200
          bytes=1-2;3-4                     | 10000 | 200
          bytes=                            | 10000 | 200
          bytes=,                           | 10000 | 200
          bytes                             | 10000 | 200
          bytes 0-1                         | 10000 | 200
          bytes =0-1                        | 10000 | 200
          byte=0-1                          | 10000 | 200
          bytess=0-1                        | 10000 | 200
          items=0-1                         | 10000 | 200
          0-1                               | 10000 | 200
          =0-1                              | 10000 | 200
          bytes=0-9223372036854775807       | 10000 | 0-9999
          bytes=0-99999999999999999999999   | 10000 | 0-9999
          bytes=-99999999999999999999999    | 10000 | 0-9999
          bytes=9223372036854775807-        | 10000 | 416
          bytes=18446744073709551616-       | 10000 | 416
          bytes=18446744073709551616-1      | 10000 | 200
          bytes=-9223372036854775807,-9223372036854775807 | 10000 | 200
          bytes=0-                          | 0     | 416
          bytes=0-0                         | 0     | 416
          bytes=-1                          | 0     | 200
          bytes=-0                          | 0     | 416
          bytes=-1                          | 1     | 0-0
          bytes=4294967296-4294967297       | 5000000000 | 4294967296-4294967297
          bytes=-1                          | 9223372036854775807 | 9223372036854775806-9223372036854775806
          bytes=0-,-1                       | 9223372036854775807 | 200
          """)
  void aRangeMeans(String value, long size, String expected) {
    assertEquals(expected, read(value, size));
  }

  @Test
  void sixteenRangesAreAnsweredAndSeventeenAreNot() {
    var value = new StringBuilder("bytes=");
    var expected = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      value.append(i == 0 ? "" : ",").append(i * 10).append('-').append(i * 10);
      expected.append(i == 0 ? "" : " ").append(i * 10).append('-').append(i * 10);
    }
    assertEquals(expected.toString(), read(value.toString(), 10_000));
    assertEquals("200", read(value + ",5000-5000", 10_000));
    assertEquals("200", read(value + ",20000-", 10_000));
  }

  /// CVE-2011-3192 and its kin: linear time, whole file.
  @Test
  void theApacheKillerGetsTheWholeFile() {
    var killer = new StringBuilder("bytes=0-");
    var same = new StringBuilder("bytes=0-");
    var tiny = new StringBuilder("bytes=0-0");
    for (int i = 0; i < 1300; i++) {
      killer.append(",5-").append(i);
      same.append(",0-");
      tiny.append(',').append(2 * i).append('-').append(2 * i);
    }
    for (StringBuilder value : List.of(killer, same, tiny)) {
      assertEquals("200", read(value.toString(), 10_000));
    }
  }

  /// Values that are nearly right, over sizes that are nearly reached.
  @Test
  void everyValueIsReadAsAPlainModelReadsIt() {
    var random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      long size = size(random);
      String value = value(random, size);
      assertEquals(model(value, size), read(value, size), () -> value + " of " + size);
    }
  }

  private static long size(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> random.nextInt(3);
      case 1 -> (1L << 32) + random.nextInt(5) - 2;
      case 2 -> Long.MAX_VALUE - random.nextInt(3);
      default -> random.nextInt(200);
    };
  }

  private static String value(Random random, long size) {
    var value = new StringBuilder(random.nextInt(12) == 0 ? "Bytes=" : "bytes=");
    int specs = random.nextInt(4) == 0 ? random.nextInt(20) : random.nextInt(4);
    for (int i = 0; i < specs; i++) {
      value.append(i == 0 ? "" : random.nextInt(5) == 0 ? " ,\t" : ",");
      String first = random.nextInt(5) == 0 ? "" : number(random, size);
      String last = random.nextInt(4) == 0 ? "" : number(random, size);
      value.append(first).append('-').append(last);
    }
    if (random.nextInt(6) == 0) {
      int at = random.nextInt(value.length());
      value.setCharAt(at, "0-,= x9\t".charAt(random.nextInt(8)));
    }
    return value.toString();
  }

  private static String number(Random random, long size) {
    return switch (random.nextInt(8)) {
      case 0 -> "" + Math.max(0, size - random.nextInt(3));
      case 1 -> BigInteger.valueOf(size).add(BigInteger.TWO).toString();
      case 2 -> "0".repeat(random.nextInt(30)) + random.nextInt(9);
      case 3 -> BigInteger.ONE.shiftLeft(60 + random.nextInt(10)).toString();
      default -> "" + random.nextInt(120);
    };
  }

  /// The rules again, with numbers of any size and lists of any length.
  private static String model(String value, long size) {
    BigInteger end = BigInteger.valueOf(size);
    if (!value.regionMatches(true, 0, "bytes=", 0, 6)) {
      return "200";
    }
    var found = new ArrayList<BigInteger[]>();
    int specs = 0;
    boolean wholeOfNothing = false;
    for (String element : value.substring(6).split(",", -1)) {
      String spec = element.replaceAll("^[ \t]+|[ \t]+$", "");
      if (spec.isEmpty()) {
        continue;
      }
      specs++;
      if (!spec.matches("\\d+-\\d*|-\\d+")) {
        return "200";
      }
      int dash = spec.indexOf('-');
      BigInteger last = dash + 1 < spec.length() ? new BigInteger(spec.substring(dash + 1)) : end;
      if (dash == 0) {
        wholeOfNothing |= size == 0 && last.signum() > 0;
        if (last.signum() > 0 && size > 0) {
          found.add(range(end.subtract(last).max(BigInteger.ZERO), end, end));
        }
        continue;
      }
      BigInteger first = new BigInteger(spec.substring(0, dash));
      if (dash + 1 < spec.length() && clamped(last).compareTo(clamped(first)) < 0) {
        return "200";
      }
      if (first.compareTo(end) < 0) {
        found.add(range(first, last, end));
      }
    }
    if (specs == 0 || specs > 16 || wholeOfNothing) {
      return "200";
    }
    return found.isEmpty() ? "416" : merged(found, end);
  }

  /// Beyond 64 bits all numbers are alike.
  private static BigInteger clamped(BigInteger number) {
    return number.min(BigInteger.valueOf(Long.MAX_VALUE));
  }

  private static BigInteger[] range(BigInteger first, BigInteger last, BigInteger end) {
    return new BigInteger[] {first, last.min(end.subtract(BigInteger.ONE))};
  }

  private static String merged(List<BigInteger[]> found, BigInteger end) {
    BigInteger sum = BigInteger.ZERO;
    long overlapping = 0;
    for (BigInteger[] one : found) {
      sum = sum.add(one[1]).subtract(one[0]).add(BigInteger.ONE);
      overlapping += found.stream().anyMatch(o -> o != one && near(o, one, 0)) ? 1 : 0;
    }
    if (sum.compareTo(end) > 0 || overlapping > 2) {
      return "200";
    }
    for (int i = 0; i < found.size(); i++) {
      for (int j = i + 1; j < found.size(); j++) {
        if (near(found.get(i), found.get(j), 1)) {
          BigInteger[] other = found.remove(j);
          found.get(i)[0] = found.get(i)[0].min(other[0]);
          found.get(i)[1] = found.get(i)[1].max(other[1]);
          j = i;
        }
      }
    }
    var text = new StringBuilder();
    for (BigInteger[] one : found) {
      text.append(text.isEmpty() ? "" : " ").append(one[0]).append('-').append(one[1]);
    }
    return text.toString();
  }

  private static boolean near(BigInteger[] one, BigInteger[] other, int gap) {
    BigInteger by = BigInteger.valueOf(gap);
    return one[0].compareTo(other[1].add(by)) <= 0 && other[0].compareTo(one[1].add(by)) <= 0;
  }

  /// `200`, `416`, or the ranges.
  private String read(String value, long size) {
    byte[] octets = ("<" + value + "0").getBytes(StandardCharsets.ISO_8859_1);
    return switch (ranges.read(MemorySegment.ofArray(octets), 1, octets.length - 2, size)) {
      case IGNORED -> "200";
      case UNSATISFIABLE -> "416";
      case SATISFIABLE -> {
        var text = new StringBuilder();
        for (int i = 0; i < ranges.count(); i++) {
          long last = ranges.first(i) + ranges.length(i) - 1;
          text.append(i == 0 ? "" : " ").append(ranges.first(i)).append('-').append(last);
        }
        yield text.toString();
      }
    };
  }
}
