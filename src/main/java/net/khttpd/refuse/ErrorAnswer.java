package net.khttpd.refuse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import net.khttpd.http.Status;
import net.khttpd.send.HeadTemplate;

/// An error answer of ours: head and a line of text, made once for each status.
///
/// @param head for GET and all others
/// @param body sent unless the method was HEAD
public record ErrorAnswer(HeadTemplate head, byte[] body) {
  private static final ErrorAnswer[] OF = new ErrorAnswer[Status.values().length];

  static {
    for (Status status : Status.values()) {
      OF[status.ordinal()] = make(status);
    }
  }

  public static ErrorAnswer of(Status status) {
    return OF[status.ordinal()];
  }

  /// The constant of a status code of ours.
  public static Status status(int code) {
    for (Status status : Status.values()) {
      if (status.code() == code) {
        return status;
      }
    }
    throw new AssertionError("no such answer of ours: " + code);
  }

  /// The 416 for a file of this length, which the client may not have known (RFC 9110 §15.5.17).
  public static ErrorAnswer notSatisfiable(long size) {
    return make(Status.RANGE_NOT_SATISFIABLE, "Content-Range: bytes */" + size + "\r\n");
  }

  private static ErrorAnswer make(Status status) {
    return make(status, status.fields());
  }

  private static ErrorAnswer make(Status status, String own) {
    String text = status.code() + " " + status.reason();
    String fields =
        "%sContent-Type: text/plain\r\nContent-Length: %d\r\n".formatted(own, text.length() + 1);
    return new ErrorAnswer(
        new HeadTemplate("HTTP/1.1 " + text, fields), (text + "\n").getBytes(ISO_8859_1));
  }
}
