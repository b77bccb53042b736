package net.khttpd.http;

/// Reads the line before each chunk: the size and extensions, which are checked and forgotten (RFC
/// 9112 §7.1). Whitespace is refused everywhere but after the semicolon of an extension. Octet by
/// octet, since the line is short. Used by one loop.
final class ChunkLineParser {
  static final int INCOMPLETE = 0;
  static final int COMPLETE = 1;
  static final int FAULT = -1;

  private static final int MAX_DIGITS = 16;

  /// Octets of extensions in one chunk line and in a whole message: enough for every extension ever
  /// deployed, too little to keep us reading for nothing (CVE-2023-39326).
  private static final int MAX_EXTENSION = 256;

  private static final int MAX_EXTENSIONS = 4096;

  private static final int SIZE = 0;
  private static final int NAME_START = 1;
  private static final int NAME = 2;
  private static final int VALUE_START = 3;
  private static final int TOKEN = 4;
  private static final int QUOTED = 5;
  private static final int QUOTED_PAIR = 6;
  private static final int VALUE_END = 7;
  private static final int LINE_FEED = 8;

  private int state;
  private int digits;
  private long size;
  private int extension;
  private int extensions;

  /// Begins a new message.
  void reset() {
    extensions = 0;
    nextLine();
  }

  /// Begins the line of the next chunk.
  void nextLine() {
    state = SIZE;
    digits = 0;
    size = 0;
    extension = 0;
  }

  /// The size of the chunk whose line is complete, in octets; 0 for the last chunk.
  long size() {
    return size;
  }

  int accept(int octet) {
    if (state == SIZE) {
      return size(octet);
    }
    if (state == LINE_FEED) {
      return octet == '\n' ? COMPLETE : FAULT;
    }
    if (octet == '\r' && (state == NAME || state == TOKEN || state == VALUE_END)) {
      state = LINE_FEED;
      return INCOMPLETE;
    }
    if (++extension > MAX_EXTENSION || ++extensions > MAX_EXTENSIONS) {
      return FAULT;
    }
    state = extension(octet);
    return state < 0 ? FAULT : INCOMPLETE;
  }

  private int size(int octet) {
    int digit = Octets.HEX[octet];
    if (digit >= 0) {
      // Sixteen digits are allowed as long as the size stays below 2^63.
      if (++digits > MAX_DIGITS || size > Long.MAX_VALUE >> 4) {
        return FAULT;
      }
      size = (size << 4) | digit;
      return INCOMPLETE;
    }
    if (digits == 0 || (octet != '\r' && octet != ';')) {
      return FAULT;
    }
    state = octet == ';' ? NAME_START : LINE_FEED;
    return INCOMPLETE;
  }

  /// The state after this octet of an extension, [#FAULT] if it may not stand there.
  private int extension(int octet) {
    boolean tchar = Octets.is(octet, Octets.TCHAR);
    return switch (state) {
      case NAME_START -> tchar ? NAME : Octets.isWhitespace(octet) ? NAME_START : FAULT;
      case NAME -> tchar ? NAME : octet == '=' ? VALUE_START : next(octet);
      case VALUE_START -> tchar ? TOKEN : octet == '"' ? QUOTED : FAULT;
      case TOKEN -> tchar ? TOKEN : next(octet);
      case QUOTED -> octet == '"' ? VALUE_END : octet == '\\' ? QUOTED_PAIR : quoted(octet);
      case QUOTED_PAIR -> quoted(octet);
      default -> next(octet);
    };
  }

  private static int next(int octet) {
    return octet == ';' ? NAME_START : FAULT;
  }

  private static int quoted(int octet) {
    return Octets.is(octet, Octets.VALUE) ? QUOTED : FAULT;
  }
}
