package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Judges the form of a complete request-target and finds its authority and path (RFC 9112 §3.2).
/// Stateless.
final class TargetSyntax {
  private static final byte[][] SCHEMES = {
    "http://".getBytes(StandardCharsets.US_ASCII), "https://".getBytes(StandardCharsets.US_ASCII)
  };

  private TargetSyntax() {}

  /// Completes `head`. Returns [RequestLineParser#COMPLETE], or -400.
  static int judge(MemorySegment bytes, long base, RequestHead head) {
    int first = Octets.at(bytes, base + head.targetStart);
    boolean good;
    if (head.method == Method.CONNECT) {
      authority(bytes, base, head);
      good = true;
    } else if (first == '/') {
      head.targetForm = TargetForm.ORIGIN;
      good = true;
    } else if (first == '*' && head.targetEnd - head.targetStart == 1) {
      head.targetForm = TargetForm.ASTERISK;
      head.pathEnd = head.pathStart;
      head.plainPath = false;
      good = head.method == Method.OPTIONS;
    } else {
      good = absolute(bytes, base, head);
    }
    return good ? RequestLineParser.COMPLETE : -400;
  }

  /// CONNECT is refused as a method wherever it leads, so a target that is no `host:port` is not
  /// worth another status; it just names no authority.
  private static void authority(MemorySegment bytes, long base, RequestHead head) {
    head.targetForm = TargetForm.AUTHORITY;
    if (HostSyntax.isHostAndPort(bytes, base + head.targetStart, base + head.targetEnd)) {
      head.authorityStart = head.targetStart;
      head.authorityEnd = head.targetEnd;
    }
    head.pathEnd = head.pathStart;
    head.plainPath = false;
  }

  private static boolean absolute(MemorySegment bytes, long base, RequestHead head) {
    int scheme = schemeLength(bytes, base + head.targetStart, head.targetEnd - head.targetStart);
    if (scheme == 0) {
      return false;
    }
    int start = head.targetStart + scheme;
    int end = start;
    while (end < head.pathEnd && Octets.at(bytes, base + end) != '/') {
      end++;
    }
    head.targetForm = TargetForm.ABSOLUTE;
    head.authorityStart = start;
    head.authorityEnd = end;
    head.pathStart = end;
    head.plainPath = isPlain(bytes, base + end, base + head.pathEnd);
    return start <= end && HostSyntax.isHost(bytes, base + start, base + end);
  }

  private static int schemeLength(MemorySegment bytes, long offset, int length) {
    for (byte[] scheme : SCHEMES) {
      if (length > scheme.length && startsWith(bytes, offset, scheme)) {
        return scheme.length;
      }
    }
    return 0;
  }

  private static boolean startsWith(MemorySegment bytes, long offset, byte[] lower) {
    for (int i = 0; i < lower.length; i++) {
      if (Octets.lower(Octets.at(bytes, offset + i)) != lower[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isPlain(MemorySegment bytes, long from, long to) {
    int previous = 0;
    for (long i = from; i < to; i++) {
      int classes = Octets.CLASS[Octets.at(bytes, i)];
      if ((classes & Octets.PLAIN) == 0 || ((previous << 1) & classes & Octets.AFTER_SLASH) != 0) {
        return false;
      }
      previous = classes;
    }
    return true;
  }
}
