package net.khttpd.real;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A server of another maker that runs the same small application, asked by [ApplicationTest]:
///
/// * `/async` answers from another thread; `/chunks?N` answers N kilobytes, each flushed.
/// * `/digest` answers length and SHA-256 of the body; `/trailers` returns the trailer X-Sum as the
///   trailer X-Sum-Back.
/// * `/events` is a stream of events, each of which is the body of one request to `/publish`.
/// * `/address` tells who the application thinks has asked, by which scheme and of which host.
/// * `/item` is a resource with an ETag, and ranges if the server has them for dynamic ones.
/// * `/echo` is a WebSocket that returns each message; `bye` makes the server close it.
interface Application extends AutoCloseable {
  String ITEM = "\"item-1\"";
  int KILOBYTE = 1_000;
  String BYE = "bye";
  int BYE_CODE = 4_001;

  int port();

  @Override
  void close() throws IOException;

  static String digest(InputStream in) throws IOException {
    try {
      var hash = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[64 * 1024];
      long length = 0;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        hash.update(buffer, 0, n);
        length += n;
      }
      return length + " " + HexFormat.of().formatHex(hash.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
