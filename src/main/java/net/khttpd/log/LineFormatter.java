package net.khttpd.log;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Formats records into lines. Used by the writing thread alone; off the loops, so it may allocate.
final class LineFormatter {
  private static final long MAPPED_HIGH = 0xFFFFL;
  private final DateTimeFormatter time;
  private long formattedSecond = Long.MIN_VALUE;
  private String formattedTime = "";

  LineFormatter(ZoneId zone) {
    this.time =
        DateTimeFormatter.ofPattern("'['dd/MMM/yyyy:HH:mm:ss Z']'", Locale.ROOT).withZone(zone);
  }

  /// Appends the record's line with its line end.
  void append(LogFormat format, byte[] ring, int record, ByteArrayOutputStream out) {
    for (LogFormat.Part part : format.parts()) {
      switch (part) {
        case LogFormat.Literal literal -> write(literal.text(), out);
        case LogFormat.Directive directive -> append(directive, ring, record, out);
      }
    }
    out.write('\n');
  }

  private void append(
      LogFormat.Directive directive, byte[] ring, int record, ByteArrayOutputStream out) {
    switch (directive) {
      case ADDRESS -> write(address(ring, record), out);
      case PORT -> write(intAt(ring, record + Records.PORT), out);
      case NOBODY -> out.write('-');
      case TIME -> write(time(longAt(ring, record + Records.EPOCH_MILLIS) / 1000), out);
      case REQUEST_LINE -> text(Records.Text.REQUEST_LINE, ring, record, out);
      case METHOD, PATH, QUERY, VERSION -> ofRequestLine(directive, ring, record, out);
      case STATUS -> write(intAt(ring, record + Records.STATUS), out);
      case BODY_BYTES_OR_DASH -> {
        long bytes = longAt(ring, record + Records.BODY_BYTES);
        write(bytes == 0 ? "-" : Long.toString(bytes), out);
      }
      case BODY_BYTES -> write(longAt(ring, record + Records.BODY_BYTES), out);
      case MICROSECONDS -> write(longAt(ring, record + Records.DURATION_MICROS), out);
      case SECONDS -> write(longAt(ring, record + Records.DURATION_MICROS) / 1_000_000, out);
      case HOST -> text(Records.Text.HOST, ring, record, out);
      case REFERER -> text(Records.Text.REFERER, ring, record, out);
      case USER_AGENT -> text(Records.Text.USER_AGENT, ring, record, out);
      case RULE -> text(Records.Text.RULE, ring, record, out);
      case CACHE -> write(intAt(ring, record + Records.CACHE_HIT) == 1 ? "hit" : "miss", out);
      case BACKEND -> text(Records.Text.BACKEND, ring, record, out);
      case REQUEST_ID -> text(Records.Text.REQUEST_ID, ring, record, out);
    }
  }

  /// A part of the request line; without the expected blanks all of it is the path.
  private static void ofRequestLine(
      LogFormat.Directive part, byte[] ring, int record, ByteArrayOutputStream out) {
    int from = offset(Records.Text.REQUEST_LINE, ring, record);
    String line =
        new String(
            ring,
            from,
            length(Records.Text.REQUEST_LINE, ring, record),
            StandardCharsets.ISO_8859_1);
    int first = line.indexOf(' ');
    int last = line.lastIndexOf(' ');
    String target = first < 0 || last == first ? line : line.substring(first + 1, last);
    int query = target.indexOf('?');
    String text =
        switch (part) {
          case METHOD -> first < 0 ? "-" : line.substring(0, first);
          case QUERY -> query < 0 ? "" : target.substring(query);
          case VERSION -> last <= first ? "-" : line.substring(last + 1);
          default -> query < 0 ? target : target.substring(0, query);
        };
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    escape(bytes, 0, bytes.length, out);
  }

  private static void text(Records.Text text, byte[] ring, int record, ByteArrayOutputStream out) {
    int length = length(text, ring, record);
    if (length == 0) {
      out.write('-');
    } else {
      escape(ring, offset(text, ring, record), length, out);
    }
  }

  private static void escape(byte[] bytes, int from, int length, ByteArrayOutputStream out) {
    for (int i = from; i < from + length; i++) {
      if (Escape.isPlain(bytes[i])) {
        out.write(bytes[i]);
      } else {
        out.write('\\');
        out.write('x');
        out.write(Escape.highDigit(bytes[i]));
        out.write(Escape.lowDigit(bytes[i]));
      }
    }
  }

  private static int offset(Records.Text text, byte[] ring, int record) {
    int offset = record + Records.HEADER;
    for (Records.Text each : Records.Text.values()) {
      if (each == text) {
        break;
      }
      offset += length(each, ring, record);
    }
    return offset;
  }

  private static int length(Records.Text text, byte[] ring, int record) {
    return intAt(ring, record + text.lengthAt);
  }

  private static String address(byte[] ring, int record) {
    long high = longAt(ring, record + Records.ADDRESS_HIGH);
    long low = longAt(ring, record + Records.ADDRESS_LOW);
    boolean mapped = high == 0 && low >>> 32 == MAPPED_HIGH;
    byte[] bytes =
        mapped
            ? ByteBuffer.allocate(4).putInt((int) low).array()
            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  private String time(long second) {
    if (second != formattedSecond) {
      formattedSecond = second;
      formattedTime = time.format(Instant.ofEpochSecond(second));
    }
    return formattedTime;
  }

  private static int intAt(byte[] ring, int at) {
    return (int) Records.INT.get(ring, at);
  }

  private static long longAt(byte[] ring, int at) {
    return (long) Records.LONG.get(ring, at);
  }

  private static void write(long number, ByteArrayOutputStream out) {
    write(Long.toString(number), out);
  }

  private static void write(String text, ByteArrayOutputStream out) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
