package net.khttpd.log;

import java.util.LinkedHashMap;
import java.util.Map;

/// Recognises events that repeat: of one key, a few are admitted in ten seconds and the rest
/// counted. Safe for any thread.
final class Repetition {
  private static final int MOST_IN_WINDOW = 5;
  private static final long WINDOW_MILLIS = 10_000;

  /// Keys remembered; the one unused longest is forgotten first.
  private static final int MOST_KEYS = 256;

  private static final class Window {
    long beginMillis;
    int admitted;
    long suppressed;
  }

  private final Map<String, Window> windows =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
          return size() > MOST_KEYS;
        }
      };

  /// How many of the key were suppressed before this one, which is admitted; -1 if this one is
  /// suppressed, too.
  synchronized long admit(String key, long nowMillis) {
    Window window = windows.computeIfAbsent(key, _ -> new Window());
    if (nowMillis - window.beginMillis >= WINDOW_MILLIS) {
      window.beginMillis = nowMillis;
      window.admitted = 0;
    }
    if (window.admitted == MOST_IN_WINDOW) {
      window.suppressed++;
      return -1;
    }
    window.admitted++;
    long suppressed = window.suppressed;
    window.suppressed = 0;
    return suppressed;
  }
}
