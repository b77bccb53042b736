package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static net.khttpd.passon.Output.ascii;

import java.lang.foreign.MemorySegment;
import net.khttpd.http.ChunkedDecoder;
import net.khttpd.http.FieldSection;

/// Writes field lines (RFC 9112 §5): name and value as they came, whitespace around them as it
/// should be. Stateless.
final class Fields {
  private static final byte[] COLON = ascii(": ");
  private static final byte[] LAST_CHUNK = ascii("0\r\n");

  private Fields() {}

  static void copy(MemorySegment bytes, long base, FieldSection fields, int i, Output out) {
    int name = fields.nameStart(i);
    int nameEnd = fields.nameEnd(i);
    int value = fields.valueStart(i);
    if (value == nameEnd + 2 && bytes.get(JAVA_BYTE, base + nameEnd + 1) == ' ') {
      out.put(bytes, base + name, fields.valueEnd(i) - name); // written as we would write it
    } else {
      out.put(bytes, base + name, nameEnd - name);
      out.put(COLON);
      out.put(bytes, base + value, fields.valueEnd(i) - value);
    }
    out.line();
  }

  /// The last chunk and the trailers that may be forwarded (RFC 9112 §7.1.2).
  static void lastChunk(ChunkedDecoder decoder, Output out) {
    out.put(LAST_CHUNK);
    FieldSection trailers = decoder.trailers();
    for (int i = 0; i < trailers.count(); i++) {
      copy(decoder.trailerBytes(), 0, trailers, i, out);
    }
    out.line();
  }

  /// The last chunk of a body without trailers.
  static void lastChunk(Output out) {
    out.put(LAST_CHUNK);
    out.line();
  }
}
