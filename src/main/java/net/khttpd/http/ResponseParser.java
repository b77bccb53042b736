package net.khttpd.http;

import java.lang.foreign.MemorySegment;

/// Reads the head of a backend's response, as strictly and in the same steps as [RequestParser].
/// Any fault is -502: the connection to the backend is to be cut. Interim responses (1xx) are heads
/// of their own. Used by one loop; owns its [ResponseHead].
public final class ResponseParser {
  /// More octets are needed.
  public static final int INCOMPLETE = 0;

  private static final int FAULT = -502;

  private final int headMax;
  private final ResponseHead head;
  private final StatusLineParser line;
  private final FieldParser fields;
  private boolean inFields;
  private int result;

  /// Bounds in octets for the whole head, and in field lines.
  public ResponseParser(int headMax, int fieldsMax) {
    this.headMax = headMax;
    head = new ResponseHead(fieldsMax);
    line = new StatusLineParser(head);
    fields = new FieldParser(head.fields, false);
    reset();
  }

  /// The head; meaningful once [#parse] has returned its length, until [#reset].
  public ResponseHead head() {
    return head;
  }

  /// Begins a new head.
  public void reset() {
    head.clear();
    head.fields.reset();
    line.reset();
    inFields = false;
    result = INCOMPLETE;
  }

  /// Octets [base, base + available) of `bytes` hold the head from its first octet on: the same
  /// content as in earlier calls since [#reset], possibly longer and at another place. Returns
  /// [#INCOMPLETE], the head's length (> 0), or -502. Once it is not INCOMPLETE, it stays as it is.
  public int parse(MemorySegment bytes, long base, int available) {
    head.moved(bytes, base);
    if (result == INCOMPLETE) {
      int end = Math.min(available, headMax);
      result = advance(bytes, base, end);
      if (result == INCOMPLETE && end == headMax) {
        result = FAULT;
      }
    }
    return result;
  }

  private int advance(MemorySegment bytes, long base, int end) {
    if (!inFields) {
      int lineResult = line.parse(bytes, base, end);
      if (lineResult != StatusLineParser.COMPLETE) {
        return lineResult == StatusLineParser.INCOMPLETE ? INCOMPLETE : FAULT;
      }
      fields.reset(line.position());
      inFields = true;
    }
    int fieldsResult = fields.parse(bytes, base, end);
    if (fieldsResult != FieldParser.COMPLETE) {
      return fieldsResult == FieldParser.INCOMPLETE ? INCOMPLETE : FAULT;
    }
    head.framing = MessageFraming.of(bytes, base, head.fields, head.minorVersion);
    if (head.framing == MessageFraming.MALFORMED || head.framing == MessageFraming.UNKNOWN_CODING) {
      return FAULT;
    }
    if (head.fields.has(FieldName.CONNECTION)) {
      head.connectionOptions = ConnectionOptions.of(bytes, base, head.fields);
    }
    head.length = fields.position();
    return head.length;
  }
}
