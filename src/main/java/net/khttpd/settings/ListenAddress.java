package net.khttpd.settings;

import java.net.InetAddress;
import java.util.Optional;

/// Where the server listens, the value of `address`.
///
/// @param text as it is printed; `*` for any
/// @param literal empty for any address of both families (one IPv6 socket that takes IPv4 as well)
public record ListenAddress(String text, Optional<InetAddress> literal) {
  /// Any address, IPv6 and IPv4.
  public static final ListenAddress ANY = new ListenAddress("*", Optional.empty());

  static ListenAddress read(String text) throws BadValueException {
    if (text.isEmpty() || text.equals("*")) {
      return ANY;
    }
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    return new ListenAddress(bare, Optional.of(Texts.address(bare)));
  }
}
