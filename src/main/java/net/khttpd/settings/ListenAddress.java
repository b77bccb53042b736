package net.khttpd.settings;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Optional;

/// Where the server listens, the value of `address`.
///
/// @param text as it is printed; `*` for any
/// @param literal empty for any address of both families (one IPv6 socket that takes IPv4 as well)
public record ListenAddress(String text, Optional<InetAddress> literal) {
  /// Any address, IPv6 and IPv4.
  public static final ListenAddress ANY = new ListenAddress("*", Optional.empty());

  /// Whether a connect to that address arrives here, on the port we listen on.
  public boolean takes(InetAddress to) {
    InetAddress ours = literal.orElse(null);
    if (ours != null && !ours.isAnyLocalAddress()) {
      return to.equals(ours) || (to.isAnyLocalAddress() && ours.equals(loopback(to)));
    }
    if (ours != null && !sameFamily(ours, to)) {
      return false; // 0.0.0.0 takes IPv4 only, :: IPv6 only
    }
    try {
      return to.isLoopbackAddress()
          || to.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(to) != null;
    } catch (SocketException e) {
      return false; // without a list of interfaces only the second hop tells, by Via
    }
  }

  /// The host of a URL by which a program on this machine reaches us.
  public String urlHost() {
    InetAddress ours = literal.orElse(null);
    if (ours == null) {
      return "127.0.0.1";
    }
    if (ours instanceof Inet4Address) {
      return ours.isAnyLocalAddress() ? "127.0.0.1" : ours.getHostAddress();
    }
    return ours.isAnyLocalAddress() ? "[::1]" : "[" + text + "]";
  }

  static ListenAddress read(String text) throws BadValueException {
    if (text.isEmpty() || text.equals("*")) {
      return ANY;
    }
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    return new ListenAddress(bare, Optional.of(Texts.address(bare)));
  }

  /// Where a connect to 0.0.0.0 or :: ends.
  private static InetAddress loopback(InetAddress any) {
    return InetAddress.ofLiteral(any instanceof Inet4Address ? "127.0.0.1" : "::1");
  }

  private static boolean sameFamily(InetAddress one, InetAddress other) {
    return one.getClass() == other.getClass();
  }
}
