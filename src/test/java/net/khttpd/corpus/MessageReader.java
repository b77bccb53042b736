package net.khttpd.corpus;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads HTTP/1 from one end of a connection, and takes nothing that is not strictly so. Used by
/// one thread.
final class MessageReader {
  private static final int LONGEST_LINE = 64 * 1024;

  private final InputStream in;

  MessageReader(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /// The next request; null when the client closed between requests.
  @Nullable Message request() throws IOException {
    String start = firstLine();
    return start.isEmpty() ? null : body(start, section(), false);
  }

  /// A start line and fields; the body is still to come.
  Message head() throws IOException {
    String start = firstLine();
    if (start.isEmpty()) {
      throw new EOFException("closed without an answer");
    }
    return new Message(start, Message.fields(section()), new byte[0], List.of(), false, true);
  }

  /// The answer that begins with this head.
  ///
  /// @param bare whether it has no body whatever it says: it answers HEAD
  Message answer(Message head, boolean bare) throws IOException {
    int status = head.status();
    return bare || status < 200 || status == 204 || status == 304
        ? head
        : body(head.start(), head.fields(), true);
  }

  private Message body(String start, String section, boolean untilClose) throws IOException {
    return body(start, Message.fields(section), untilClose);
  }

  private Message body(String start, List<Message.Field> fields, boolean untilClose)
      throws IOException {
    var head = new Message(start, fields, new byte[0], List.of(), false, true);
    var body = new ByteArrayOutputStream();
    if (head.has("Transfer-Encoding")) {
      return chunked(head, body);
    }
    List<String> length = head.all("Content-Length");
    boolean complete = true;
    if (!length.isEmpty()) {
      complete = copy(Long.parseLong(length.getFirst()), body);
    } else if (untilClose) {
      in.transferTo(body);
    }
    return new Message(start, fields, body.toByteArray(), List.of(), false, complete);
  }

  private Message chunked(Message head, ByteArrayOutputStream body) throws IOException {
    boolean complete = true;
    List<Message.Field> trailers = List.of();
    try {
      for (int size = size(); size > 0; size = size()) {
        complete = copy(size, body) && line().isEmpty();
      }
      trailers = Message.fields(section());
    } catch (EOFException cut) {
      complete = false;
    }
    return new Message(head.start(), head.fields(), body.toByteArray(), trailers, true, complete);
  }

  private int size() throws IOException {
    String line = line();
    int end = line.indexOf(';');
    return Integer.parseInt((end < 0 ? line : line.substring(0, end)).strip(), 16);
  }

  private boolean copy(long length, ByteArrayOutputStream out) throws IOException {
    byte[] piece = new byte[16 * 1024];
    long left = length;
    while (left > 0) {
      int n = in.read(piece, 0, (int) Math.min(piece.length, left));
      if (n < 0) {
        return false;
      }
      out.write(piece, 0, n);
      left -= n;
    }
    return true;
  }

  private String section() throws IOException {
    var lines = new StringBuilder();
    for (String line = line(); !line.isEmpty(); line = line()) {
      lines.append(line).append("\r\n");
    }
    return lines.toString();
  }

  /// Empty when the stream ends before it.
  private String firstLine() throws IOException {
    in.mark(1);
    if (in.read() < 0) {
      return "";
    }
    in.reset();
    return line();
  }

  /// Without its CR LF; a lone one of them is a fault.
  private String line() throws IOException {
    var line = new StringBuilder();
    int octet = in.read();
    while (octet != '\r') {
      if (octet < 0) {
        throw new EOFException("closed within a line: " + line);
      }
      if (octet == '\n' || line.length() == LONGEST_LINE) {
        throw new IOException("no line: " + line);
      }
      line.append((char) octet);
      octet = in.read();
    }
    if (in.read() != '\n') {
      throw new IOException("a lone CR after " + line);
    }
    return line.toString();
  }
}
