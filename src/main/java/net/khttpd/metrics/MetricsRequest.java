package net.khttpd.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.Locale;
import net.khttpd.http.FieldName;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.http.Status;

/// A request to the endpoint, read by our own strict parser. A value.
final class MetricsRequest {
  /// The one page there is.
  static final String PATH = "/metrics";

  private static final int TARGET_BYTES = 2048;
  private static final int FIELDS = 64;

  private final byte[] bytes;
  private final RequestHead head;
  private final int result;

  MetricsRequest(byte[] bytes, int length) {
    this.bytes = bytes;
    var parser = new RequestParser(bytes.length, TARGET_BYTES, FIELDS);
    result = length == 0 ? 0 : parser.parse(MemorySegment.ofArray(bytes), 0, length);
    head = parser.head();
  }

  /// Whether no more bytes are needed to judge it.
  boolean complete() {
    return result != 0;
  }

  boolean isHead() {
    return result > 0 && head.method() == Method.HEAD;
  }

  /// OK, or why not. A page in a browser whose name was rebound to this address (DNS rebinding)
  /// sends that name as Host: only literal addresses, localhost and `own` are answered.
  ///
  /// @param own the host in `metrics_address`
  Status verdict(String own) {
    if (result <= 0) {
      return Status.BAD_REQUEST;
    }
    if (!trusted(text(head.authorityStart(), head.authorityEnd()), own)) {
      return Status.FORBIDDEN;
    }
    if (head.method() != Method.GET && head.method() != Method.HEAD) {
      return Status.METHOD_NOT_ALLOWED;
    }
    return text(head.pathStart(), head.pathEnd()).equals(PATH) ? Status.OK : Status.NOT_FOUND;
  }

  /// The value of Accept; empty if there is none.
  String accept() {
    int i = head.fields().first(FieldName.ACCEPT);
    return i < 0 ? "" : text(head.fields().valueStart(i), head.fields().valueEnd(i));
  }

  private static boolean trusted(String authority, String own) {
    int colon = authority.lastIndexOf(':');
    boolean port = colon > authority.lastIndexOf(']');
    String host = (port ? authority.substring(0, colon) : authority).toLowerCase(Locale.ROOT);
    return host.equals("localhost") || host.equals(own) || isLiteral(host);
  }

  private static boolean isLiteral(String host) {
    boolean six = host.startsWith("[") && host.endsWith("]");
    if (!six && !host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")) {
      return false;
    }
    try {
      return InetAddress.ofLiteral(six ? host.substring(1, host.length() - 1) : host) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private String text(int from, int to) {
    return from < 0 ? "" : new String(bytes, from, to - from, ISO_8859_1);
  }
}
