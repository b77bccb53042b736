package net.khttpd.corpus;

import java.util.List;
import net.khttpd.frontdoor.harness.Wire;

/// One request and the answer that the backend shall give to it, both in the octets of the wire
/// (one char an octet).
///
/// @param number makes the case anew, see [Cases#of]
/// @param request in the pieces in which the client writes it
/// @param interims answers (1xx) that the backend sends before
/// @param closes whether the backend ends the connection after it
public record Case(
    int number,
    String method,
    int minorVersion,
    List<String> request,
    List<String> interims,
    String answer,
    boolean closes) {
  @Override
  public String toString() {
    return "case " + number + ": " + shown(String.join("", request)) + " -> " + shown(answer);
  }

  private static String shown(String text) {
    return Wire.shown(Wire.bytes(text));
  }
}
