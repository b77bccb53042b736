package net.khttpd.passon;

import static net.khttpd.passon.Output.ascii;

import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.ResponseHead;

/// Writes a response's head anew for the client: the same fields in their order and spelling,
/// without those that concern the backend's connection only (RFC 9110 §7.6.1), and with the framing
/// and persistence of the client's connection. Immutable.
final class ResponseWriter {
  private static final byte[] VERSION = ascii("HTTP/1.1 ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] CLOSE = ascii("Connection: close\r\n");
  private static final byte[] UPGRADE = ascii("Connection: Upgrade\r\n");
  private static final byte[] KEEP_ALIVE = ascii("Connection: keep-alive\r\n");

  private static final int UPGRADE_REQUIRED = 426;

  private final boolean sendfile;
  private final boolean accel;

  /// Where a backend orders files by these fields, no client sees them: not in an answer that goes
  /// without content either.
  ///
  /// @param sendfile whether `X-Sendfile` does
  /// @param accel whether `X-Accel-Redirect` does
  ResponseWriter(boolean sendfile, boolean accel) {
    this.sendfile = sendfile;
    this.accel = accel;
  }

  /// A final response.
  ///
  /// @param chunked whether the body will be chunked
  /// @param minorVersion the client's: HTTP/1.0 must be told that its connection is kept
  void last(ResponseHead head, boolean chunked, int minorVersion, boolean keepAlive, Output out) {
    begin(head, chunked, out);
    if (chunked) {
      out.put(CHUNKED);
    }
    if (head.status() == UPGRADE_REQUIRED) {
      upgrade(head, out);
    }
    if (!keepAlive) {
      out.put(CLOSE);
    } else if (minorVersion == 0) {
      out.put(KEEP_ALIVE);
    }
    out.line();
  }

  /// An interim response (1xx).
  void interim(ResponseHead head, Output out) {
    begin(head, false, out);
    out.line();
  }

  /// A 101 (Switching Protocols).
  void switched(ResponseHead head, Output out) {
    begin(head, false, out);
    upgrade(head, out);
    out.line();
  }

  /// What the backend says of protocols: with 101 and 426 it is an answer to the client.
  private static void upgrade(ResponseHead head, Output out) {
    FieldSection fields = head.fields();
    for (int i = 0; i < fields.count(); i++) {
      if (fields.name(i) == FieldName.UPGRADE) {
        Fields.copy(head.bytes(), head.base(), fields, i, out);
      }
    }
    out.put(UPGRADE);
  }

  private void begin(ResponseHead head, boolean chunked, Output out) {
    out.reserve(head.length() + 128);
    out.put(VERSION);
    out.decimal(head.status());
    out.put(' ');
    out.put(head.bytes(), head.base() + head.reasonStart(), head.reasonEnd() - head.reasonStart());
    out.line();
    FieldSection fields = head.fields();
    for (int i = 0; i < fields.count(); i++) {
      if (forwards(head, fields, i, chunked)) {
        Fields.copy(head.bytes(), head.base(), fields, i, out);
      }
    }
  }

  private boolean forwards(ResponseHead head, FieldSection fields, int i, boolean chunked) {
    return switch (fields.name(i)) {
      case CONNECTION,
          KEEP_ALIVE,
          PROXY_CONNECTION,
          TRANSFER_ENCODING,
          UPGRADE,
          TE,
          HTTP2_SETTINGS ->
          false;
      case X_SENDFILE -> !sendfile && !head.connectionNames(i);
      case X_ACCEL_REDIRECT -> !accel && !head.connectionNames(i);
      case TRAILER -> chunked;
      // RFC 9110 §8.6: there is none in 1xx and 204, and a reader may wait for what it announces.
      case CONTENT_LENGTH -> head.status() >= 200 && head.status() != 204;
      default -> !head.connectionNames(i);
    };
  }
}
