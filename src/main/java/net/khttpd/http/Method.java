package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// The request method, compared with its case (RFC 9110 §9.1).
public enum Method {
  GET,
  HEAD,
  POST,
  PUT,
  DELETE,
  OPTIONS,
  PATCH,
  CONNECT,
  TRACE,
  /// In the IANA registry of methods, and without a meaning to us.
  OTHER_KNOWN,
  /// A token that is no registered method, such as `get`.
  UNKNOWN;

  private static final Method[] NAMED = {
    GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH, CONNECT, TRACE
  };
  private static final byte[][] NAMES = octets(NAMED);

  /// IANA "Hypertext Transfer Protocol (HTTP) Method Registry". `PRI` is absent: it is reserved for
  /// the preface of HTTP/2.
  private static final byte[][] REGISTERED =
      octets(
          ("ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT COPY LABEL LINK LOCK MERGE MKACTIVITY"
                  + " MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE ORDERPATCH PROPFIND PROPPATCH"
                  + " QUERY REBIND REPORT SEARCH UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE"
                  + " UPDATEREDIRECTREF VERSION-CONTROL")
              .split(" "));

  static Method of(MemorySegment bytes, long offset, int length) {
    for (int i = 0; i < NAMES.length; i++) {
      if (equals(bytes, offset, length, NAMES[i])) {
        return NAMED[i];
      }
    }
    for (byte[] name : REGISTERED) {
      if (equals(bytes, offset, length, name)) {
        return OTHER_KNOWN;
      }
    }
    return UNKNOWN;
  }

  private static boolean equals(MemorySegment bytes, long offset, int length, byte[] name) {
    if (length != name.length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (bytes.get(Octets.OCTET, offset + i) != name[i]) {
        return false;
      }
    }
    return true;
  }

  private static byte[][] octets(Object[] names) {
    byte[][] octets = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      octets[i] = names[i].toString().getBytes(StandardCharsets.US_ASCII);
    }
    return octets;
  }
}
