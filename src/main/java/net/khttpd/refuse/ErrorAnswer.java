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

  private static ErrorAnswer make(Status status) {
    String text = status.code() + " " + status.reason();
    String fields =
        "%sContent-Type: text/plain\r\nContent-Length: %d\r\n"
            .formatted(status.fields(), text.length() + 1);
    return new ErrorAnswer(
        new HeadTemplate("HTTP/1.1 " + text, fields), (text + "\n").getBytes(ISO_8859_1));
  }
}
