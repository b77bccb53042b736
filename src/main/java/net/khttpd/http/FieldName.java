package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// The field names this server gives a meaning to; all others are [#OTHER] and pass through as they
/// are. At most 64, so that a set of names fits a `long`.
public enum FieldName {
  OTHER("", Use.TRAILER),
  HOST("Host", Use.HEAD),
  CONNECTION("Connection", Use.HOP_BY_HOP),
  CONTENT_LENGTH("Content-Length", Use.HEAD),
  TRANSFER_ENCODING("Transfer-Encoding", Use.HOP_BY_HOP),
  EXPECT("Expect", Use.HEAD),
  UPGRADE("Upgrade", Use.HOP_BY_HOP),
  IF_NONE_MATCH("If-None-Match", Use.HEAD),
  IF_MODIFIED_SINCE("If-Modified-Since", Use.HEAD),
  IF_MATCH("If-Match", Use.HEAD),
  IF_UNMODIFIED_SINCE("If-Unmodified-Since", Use.HEAD),
  IF_RANGE("If-Range", Use.HEAD),
  RANGE("Range", Use.HEAD),
  AUTHORIZATION("Authorization", Use.HEAD),
  TE("TE", Use.HOP_BY_HOP),
  TRAILER("Trailer", Use.HEAD),
  VIA("Via", Use.HEAD),
  FORWARDED("Forwarded", Use.HEAD),
  X_FORWARDED_FOR("X-Forwarded-For", Use.HEAD),
  X_FORWARDED_PROTO("X-Forwarded-Proto", Use.HEAD),
  X_FORWARDED_HOST("X-Forwarded-Host", Use.HEAD),
  X_FORWARDED_PORT("X-Forwarded-Port", Use.HEAD),
  X_FORWARDED_PREFIX("X-Forwarded-Prefix", Use.HEAD),
  X_FORWARDED_SCHEME("X-Forwarded-Scheme", Use.HEAD),
  X_FORWARDED_SERVER("X-Forwarded-Server", Use.HEAD),
  X_FORWARDED_SSL("X-Forwarded-Ssl", Use.HEAD),
  X_REAL_IP("X-Real-IP", Use.HEAD),
  X_REQUEST_ID("X-Request-Id", Use.HEAD),
  PROXY("Proxy", Use.HEAD),
  PROXY_CONNECTION("Proxy-Connection", Use.HOP_BY_HOP),
  KEEP_ALIVE("Keep-Alive", Use.HOP_BY_HOP),
  HTTP2_SETTINGS("HTTP2-Settings", Use.HOP_BY_HOP),
  ACCEPT("Accept", Use.HEAD),
  ACCEPT_ENCODING("Accept-Encoding", Use.HEAD),
  ACCEPT_LANGUAGE("Accept-Language", Use.HEAD),
  USER_AGENT("User-Agent", Use.HEAD),
  REFERER("Referer", Use.HEAD),
  ORIGIN("Origin", Use.HEAD),
  COOKIE("Cookie", Use.HEAD),
  PROXY_AUTHORIZATION("Proxy-Authorization", Use.HEAD),
  MAX_FORWARDS("Max-Forwards", Use.HEAD),
  CACHE_CONTROL("Cache-Control", Use.HEAD),
  PRAGMA("Pragma", Use.HEAD),
  DATE("Date", Use.HEAD),
  SERVER("Server", Use.HEAD),
  LOCATION("Location", Use.HEAD),
  SET_COOKIE("Set-Cookie", Use.HEAD),
  WWW_AUTHENTICATE("WWW-Authenticate", Use.HEAD),
  PROXY_AUTHENTICATE("Proxy-Authenticate", Use.HEAD),
  AGE("Age", Use.HEAD),
  EXPIRES("Expires", Use.HEAD),
  RETRY_AFTER("Retry-After", Use.HEAD),
  VARY("Vary", Use.HEAD),
  WARNING("Warning", Use.HEAD),
  ALLOW("Allow", Use.HEAD),
  CONTENT_TYPE("Content-Type", Use.HEAD),
  CONTENT_ENCODING("Content-Encoding", Use.HEAD),
  CONTENT_RANGE("Content-Range", Use.HEAD),
  LAST_MODIFIED("Last-Modified", Use.HEAD),
  ETAG("ETag", Use.TRAILER),
  X_SENDFILE("X-Sendfile", Use.HEAD),
  X_ACCEL_REDIRECT("X-Accel-Redirect", Use.HEAD);

  private static final FieldName[] ALL = values();

  /// Open addressing, at a load below a quarter: an unknown name mostly meets an empty slot at
  /// once.
  private static final @org.jspecify.annotations.Nullable FieldName[] TABLE = new FieldName[256];

  static {
    for (FieldName name : ALL) {
      if (name != OTHER) {
        int slot = slot(name.lower.length, name.lower[0], name.lower[name.lower.length - 1]);
        while (TABLE[slot] != null) {
          slot = (slot + 1) & (TABLE.length - 1);
        }
        TABLE[slot] = name;
      }
    }
  }

  private final String canonical;

  @SuppressWarnings("ImmutableEnumChecker") // written by the constructor only
  private final byte[] lower;

  private final Use use;

  FieldName(String canonical, Use use) {
    this.canonical = canonical;
    this.lower = canonical.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    this.use = use;
  }

  /// The name as RFC 9110 writes it; empty for [#OTHER].
  public String canonical() {
    return canonical;
  }

  /// Whether the field concerns one connection only and is never passed on as it came, named by
  /// Connection or not (RFC 9110 §7.6.1).
  public boolean hopByHop() {
    return use == Use.HOP_BY_HOP;
  }

  /// Whether a Connection field may have this field removed. Fields we know and that are end to end
  /// by their own definition are protected: nobody takes Host, Content-Length, Cookie,
  /// Authorization or X-Forwarded-For out of a request by naming them.
  public boolean removable() {
    return this == OTHER || use == Use.HOP_BY_HOP;
  }

  /// Whether the field may stand in a trailer section (RFC 9110 §6.5.1): no framing, routing,
  /// request modifiers, authentication, response control data or content description.
  public boolean allowedInTrailers() {
    return use == Use.TRAILER;
  }

  /// A place in arrays and sets of names; it means nothing beyond this run.
  @SuppressWarnings("EnumOrdinal") // never stored: an EnumMap would box
  int index() {
    return ordinal();
  }

  long bit() {
    return 1L << index();
  }

  /// The name made of these octets, a token of at least one.
  static FieldName of(MemorySegment bytes, long offset, int length) {
    int slot =
        slot(
            length,
            bytes.get(Octets.OCTET, offset) | 0x20,
            bytes.get(Octets.OCTET, offset + length - 1) | 0x20);
    FieldName candidate = TABLE[slot];
    while (candidate != null) {
      if (Octets.equalsToken(bytes, offset, length, candidate.lower)) {
        return candidate;
      }
      slot = (slot + 1) & (TABLE.length - 1);
      candidate = TABLE[slot];
    }
    return OTHER;
  }

  private static int slot(int length, int first, int last) {
    return (length * 23 + first * 5 + last * 11) & 255;
  }

  private enum Use {
    HEAD,
    HOP_BY_HOP,
    TRAILER
  }
}
