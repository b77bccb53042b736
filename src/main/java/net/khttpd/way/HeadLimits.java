package net.khttpd.way;

import net.khttpd.http.RequestParser;
import net.khttpd.settings.Settings;

/// The limits of a request's head, and the parsers that keep to them.
///
/// @param headMax bytes of a head
/// @param targetMax bytes of its target
/// @param headFields fields
record HeadLimits(int headMax, int targetMax, int headFields) {
  static HeadLimits of(Settings settings) {
    return new HeadLimits(settings.headMax(), settings.targetMax(), settings.headFields());
  }

  RequestParser newParser() {
    return new RequestParser(headMax, targetMax, headFields);
  }

  /// Whether the parser keeps to these limits.
  boolean made(RequestParser parser) {
    return parser.keepsTo(headMax, targetMax, headFields);
  }
}
