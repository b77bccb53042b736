package net.khttpd.settings;

import java.util.Locale;
import java.util.Map;

/// Files by order of the application: by which fields of a backend's answer, and beneath which
/// directory.
///
/// @param sendfile whether `X-Sendfile` orders a file
/// @param accel whether `X-Accel-Redirect` does
/// @param root absolute; empty: there is none, and no order can be followed
public record OrderSettings(boolean sendfile, boolean accel, String root) {
  /// What `sendfile_header` says.
  record Fields(boolean sendfile, boolean accel) {
    static final String FORM = "off, on (both), X-Sendfile or X-Accel-Redirect";
    static final Fields NONE = new Fields(false, false);

    private static final Map<String, Fields> WORDS =
        Map.ofEntries(
            Map.entry("", NONE),
            Map.entry("0", NONE),
            Map.entry("off", NONE),
            Map.entry("none", NONE),
            Map.entry("1", new Fields(true, true)),
            Map.entry("on", new Fields(true, true)),
            Map.entry("both", new Fields(true, true)),
            Map.entry("x-sendfile", new Fields(true, false)),
            Map.entry("x-accel-redirect", new Fields(false, true)));

    static Fields read(String text) throws BadValueException {
      boolean sendfile = false;
      boolean accel = false;
      for (String word : text.toLowerCase(Locale.ROOT).split("[, ]+", -1)) {
        Fields fields = WORDS.get(word);
        if (fields == null) {
          throw new BadValueException("is not " + FORM);
        }
        sendfile |= fields.sendfile;
        accel |= fields.accel;
      }
      return new Fields(sendfile, accel);
    }

    String text() {
      if (sendfile) {
        return accel ? "on" : "X-Sendfile";
      }
      return accel ? "X-Accel-Redirect" : "off";
    }
  }

  static OrderSettings of(Settings settings) {
    Fields fields = settings.get(HandoverSettings.SENDFILE_HEADER);
    return new OrderSettings(
        fields.sendfile, fields.accel, settings.get(HandoverSettings.INTERNAL_ROOT));
  }

  /// Whether any field orders a file.
  public boolean obeyed() {
    return sendfile || accel;
  }
}
