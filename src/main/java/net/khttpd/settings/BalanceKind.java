package net.khttpd.settings;

import java.util.Locale;

/// How the backend for a request is chosen.
public enum BalanceKind {
  /// Each in turn, as often as its weight says.
  ROUND_ROBIN,
  /// Who has the fewest requests under way for its weight.
  LEAST_CONNECTIONS,
  /// Requests for one path go to one backend.
  HASH_PATH,
  /// Requests of one client address go to one backend.
  HASH_CLIENT;

  static final String FORM = "round-robin or least-connections or hash-path or hash-client";

  static BalanceKind read(String text) throws BadValueException {
    for (BalanceKind kind : values()) {
      if (kind.text().equals(text.replace('_', '-'))) {
        return kind;
      }
    }
    throw new BadValueException("is not " + FORM);
  }

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Whether the same request always goes to the same backend.
  public boolean isHash() {
    return this == HASH_PATH || this == HASH_CLIENT;
  }
}
