package net.khttpd.http;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/// Reads the head of a request, strictly and incrementally, without allocating (RFC 9112 §2 to §6).
///
/// 1. [#reset] begins a head.
/// 2. [#parse] is called with the octets received so far, as often as more of them arrive; what was
///    read before is not read again.
/// 3. A positive result is the head's length: [#head] is filled. A negative one is minus the status
///    to refuse with, after which the connection is to be closed.
///
/// An offending octet is refused when it is seen; what the fields say together (Host, framing,
/// Expect) is judged at the end of the head. Used by one loop; owns its [RequestHead].
public final class RequestParser {
  /// More octets are needed.
  public static final int INCOMPLETE = 0;

  private static final byte[] CONTINUE = "100-continue".getBytes(StandardCharsets.US_ASCII);

  private final int headMax;
  private final int targetMax;
  private final int fieldsMax;
  private final RequestHead head;
  private final RequestLineParser line;
  private final FieldParser fields;
  private boolean inFields;
  private int result;

  /// Bounds in octets for the whole head and the request-target, and in field lines.
  public RequestParser(int headMax, int targetMax, int fieldsMax) {
    this.headMax = headMax;
    this.targetMax = targetMax;
    this.fieldsMax = fieldsMax;
    head = new RequestHead(fieldsMax);
    line = new RequestLineParser(head, targetMax);
    fields = new FieldParser(head.fields, false);
    reset();
  }

  /// Whether these are its bounds.
  public boolean keepsTo(int ofHead, int ofTarget, int ofFields) {
    return headMax == ofHead && targetMax == ofTarget && fieldsMax == ofFields;
  }

  /// The head; meaningful once [#parse] has returned its length, until [#reset].
  public RequestHead head() {
    return head;
  }

  /// Whether more has been read of a head than the empty lines that are tolerated before it.
  public boolean begun() {
    return line.begun();
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
  /// [#INCOMPLETE], the head's length (> 0), or minus the status to refuse with: 400, 414 (target
  /// too long), 417 (unknown expectation), 431 (head too long, too many fields), 501 (unknown
  /// transfer coding, method of over 64 octets), 505 (other major version). Once it is not
  /// INCOMPLETE, it stays as it is.
  public int parse(MemorySegment bytes, long base, int available) {
    head.moved(bytes, base);
    if (result == INCOMPLETE) {
      result = advance(bytes, base, Math.min(available, headMax));
    }
    return result;
  }

  private int advance(MemorySegment bytes, long base, int end) {
    if (!inFields) {
      int lineResult = line.parse(bytes, base, end);
      if (lineResult < 0) {
        return lineResult;
      }
      if (lineResult == RequestLineParser.INCOMPLETE) {
        return end == headMax ? -414 : INCOMPLETE;
      }
      fields.reset(line.position());
      inFields = true;
    }
    int fieldsResult = fields.parse(bytes, base, end);
    if (fieldsResult < 0) {
      return fieldsResult;
    }
    if (fieldsResult == FieldParser.INCOMPLETE) {
      return end == headMax ? -431 : INCOMPLETE;
    }
    head.length = fields.position();
    int fault = judge(bytes, base);
    return fault == 0 ? head.length : fault;
  }

  /// What no single octet shows. 400 goes before 501 and 417, so that what is malformed is never
  /// answered as merely unsupported.
  private int judge(MemorySegment bytes, long base) {
    FieldSection section = head.fields;
    if (!host(bytes, base, section)) {
      return -400;
    }
    if (section.hasAny(MessageFraming.NAMES)) {
      head.framing = MessageFraming.of(bytes, base, section, head.minorVersion);
      if (head.framing == MessageFraming.MALFORMED
          || MessageFraming.isTabbed(bytes, base, section)) {
        return -400;
      }
      if (head.framing == MessageFraming.UNKNOWN_CODING) {
        return -501;
      }
    }
    if (section.has(FieldName.CONNECTION)) {
      head.connectionOptions = ConnectionOptions.of(bytes, base, section);
    }
    return section.has(FieldName.EXPECT) ? expect(bytes, base, section) : 0;
  }

  /// One valid Host, which only HTTP/1.0 may do without (RFC 9112 §3.2); the authority of an
  /// absolute-form target wins over it.
  private boolean host(MemorySegment bytes, long base, FieldSection section) {
    int host = section.first(FieldName.HOST);
    if (host < 0) {
      return head.minorVersion == 0;
    }
    int start = section.valueStart(host);
    int end = section.valueEnd(host);
    if (head.authorityStart < 0) {
      head.authorityStart = start;
      head.authorityEnd = end;
    }
    return section.occurrences(FieldName.HOST) == 1
        && HostSyntax.isHost(bytes, base + start, base + end);
  }

  private int expect(MemorySegment bytes, long base, FieldSection section) {
    int i = section.first(FieldName.EXPECT);
    long start = base + section.valueStart(i);
    int length = section.valueEnd(i) - section.valueStart(i);
    if (section.occurrences(FieldName.EXPECT) > 1
        || !Octets.equalsToken(bytes, start, length, CONTINUE)) {
      return -417;
    }
    head.expectContinue = head.minorVersion > 0;
    return 0;
  }
}
