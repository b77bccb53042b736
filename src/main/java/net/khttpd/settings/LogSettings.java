package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;
import net.khttpd.log.LogFormat;

/// Declarations: the access log.
final class LogSettings {
  static final Setting<Boolean> LOGGING =
      atOnce("logging", new Kind.Flag(), false, "Whether requests are written to the access log.");
  static final Setting<String> ACCESS_LOG =
      atOnce(
          "access_log",
          Texts.LOG_PATH,
          "-",
          "The file to which the access log is appended; - is stdout.");
  static final Setting<LogFormat> ACCESS_LOG_FORMAT =
      atOnce(
          "access_log_format",
          Texts.LOG_FORMAT,
          LogFormat.of("combined"),
          "The line of a request, in the directives of Apache's LogFormat with our own %{rule}x,"
              + " %{cache}x, %{backend}x and %{request_id}x.");

  static final List<Setting<?>> ALL = List.of(LOGGING, ACCESS_LOG, ACCESS_LOG_FORMAT);

  private LogSettings() {}
}
