package net.khttpd.endurance;

import java.io.IOException;
import net.khttpd.real.Proof;

/// Short form for every build, full length with `-Dkhttpd.long=true`; and where figures go.
final class Length {
  static final boolean LONG = Boolean.getBoolean("khttpd.long");

  private Length() {}

  static int of(int inShort, int inLong) {
    return LONG ? inLong : inShort;
  }

  static void proof(String line) throws IOException {
    Proof.line(line);
  }
}
