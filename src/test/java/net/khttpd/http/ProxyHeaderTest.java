package net.khttpd.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import net.khttpd.settings.BackendProxy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Headers of the PROXY protocol, whole and octet by octet.
final class ProxyHeaderTest {
  private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
  private static final String ONE = "\u00c0\0\u0002\u0001"; // 192.0.2.1
  private static final String TWO = "\u00c6\u0033\u0064\u0002"; // 198.51.100.2
  private static final String PORTS = "\u00dc\u0004\u0001\u00bb"; // 56324, 443
  private static final String SIX = " \u0001\r\u00b8\0\0\0\0\0\0\0\0\0\0\0\u0001"; // 2001:db8::1

  private final ProxyHeader header = new ProxyHeader();

  /// The verdict; asserts that no beginning of the header is taken for one.
  private int parse(String text) {
    byte[] octets = Feed.octets(text);
    int verdict = header.parse(Feed.places(), Feed.place(octets, octets.length, 0), octets.length);
    for (int length = 1; length < (verdict > 0 ? verdict : 1); length++) {
      int part = header.parse(Feed.places(), Feed.place(octets, length, length), length);
      assertEquals(ProxyHeader.INCOMPLETE, part, "after " + length);
    }
    return header.parse(Feed.places(), Feed.place(octets, octets.length, 0), octets.length);
  }

  static String binary(int command, int family, String rest) {
    char[] length = {(char) (rest.length() >> 8), (char) (rest.length() & 255)};
    return SIGNATURE + (char) command + (char) family + new String(length) + rest;
  }

  private void tells(String source, String destination) {
    assertTrue(header.tells());
    assertEquals(source, text(header.source()));
    assertEquals(destination, text(header.destination()));
  }

  private static String text(ProxyHeader.Address address) {
    return "%x:%x %d".formatted(address.high(), address.low(), address.port());
  }

  @Test
  void aLineOfIpv4IsRead() {
    String line = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
    assertEquals(line.length(), parse(line + "GET / HTTP/1.1\r\n\r\n"));
    tells("0:ffffc0000201 56324", "0:ffffc6336402 443");
  }

  @Test
  void aLineOfIpv6IsRead() {
    String line = "PROXY TCP6 2001:db8::1 2001:DB8:0:0:0:0:0:2 1 65535\r\n";
    assertEquals(line.length(), parse(line));
    tells("20010db800000000:1 1", "20010db800000000:2 65535");
  }

  @Test
  void theLongestLineHas107Octets() {
    String ends = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    assertEquals(107, parse("PROXY UNKNOWN " + ends + " " + ends + " 65535 65535\r\n"));
    assertEquals(-1, parse("PROXY UNKNOWN x " + ends + " " + ends + " 65535 65535\r\n"));
    assertEquals(-1, parse("PROXY UNKNOWN " + "x".repeat(94)));
    assertEquals(0, parse("PROXY UNKNOWN " + "x".repeat(92)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROXY UNKNOWN\r\n", "PROXY UNKNOWN whatever stands here\r\n"})
  void unknownTellsNothing(String line) {
    assertEquals(line.length(), parse(line));
    assertFalse(header.tells());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PROXZ ",
        "proxy TCP4 192.0.2.1 198.51.100.2 1 2\r\n",
        "PROXY  TCP4 192.0.2.1 198.51.100.2 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 \r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 1 65536\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.2 -1 2\r\n",
        "PROXY TCP4 192.0.2 198.51.100.2 1 2\r\n",
        "PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n",
        "PROXY TCP4 192.0.02.1 198.51.100.2 1 2\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n",
        "PROXY TCP6 2001:db8:::1 2001:db8::2 1 2\r\n",
        "PROXY TCP6 fe80::1%lo 2001:db8::2 1 2\r\n",
        "PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
        "PROXY UNKNOWNS\r\n",
        "PROXY \r\n",
        "\r\n\r\n\0\r\nQUIX",
        "\0"
      })
  void whatIsNoHeaderIsSeenAtOnce(String text) {
    assertEquals(ProxyHeader.MALFORMED, parse(text));
  }

  @Test
  void binaryAddressesAreRead() {
    String four = binary(0x21, 0x11, ONE + TWO + PORTS);
    assertEquals(28, parse(four + "GET"));
    tells("0:ffffc0000201 56324", "0:ffffc6336402 443");
    assertEquals(52, parse(binary(0x21, 0x21, SIX + SIX + PORTS)));
    tells("20010db800000000:1 56324", "20010db800000000:1 443");
  }

  static Stream<String> silent() {
    return Stream.of(
        binary(0x20, 0x00, ""),
        binary(0x20, 0x11, ONE + TWO + PORTS),
        binary(0x20, 0x99, "anything at all"),
        binary(0x21, 0x00, ""),
        binary(0x21, 0x00, "\u0004\0\u0002ab"),
        binary(0x21, 0x12, ONE + TWO + PORTS),
        binary(0x21, 0x22, SIX + SIX + PORTS),
        binary(0x21, 0x31, "/run/a" + "\0".repeat(210)));
  }

  @ParameterizedTest
  @MethodSource("silent")
  void whatIsOfNoTcpConnectionTellsNothing(String text) {
    assertEquals(text.length(), parse(text));
    assertFalse(header.tells());
  }

  @Test
  void whatWeSendForNobodyTellsNothing() {
    for (BackendProxy version : BackendProxy.values()) {
      if (version != BackendProxy.OFF) {
        assertEquals(version.nobodys().length(), parse(version.nobodys()));
        assertFalse(header.tells());
      }
    }
  }

  static Stream<String> broken() {
    String addresses = ONE + TWO + PORTS;
    return Stream.of(
        binary(0x11, 0x11, addresses),
        binary(0x31, 0x11, addresses),
        binary(0x22, 0x11, addresses),
        binary(0x21, 0x41, addresses),
        binary(0x21, 0x13, addresses),
        binary(0x21, 0x11, addresses.substring(1)),
        binary(0x21, 0x21, addresses),
        binary(0x21, 0x31, addresses),
        binary(0x21, 0x11, addresses + "\u0004"),
        binary(0x21, 0x11, addresses + "\u0004\0"),
        binary(0x21, 0x11, addresses + "\u0004\0\u0001"),
        binary(0x21, 0x11, addresses + "\u0004\u00ff\u00ffab"),
        binary(0x21, 0x11, addresses + "\u0003\0\u0004abcd"),
        binary(0x21, 0x11, addresses + "\u0003\0\u0002ab"),
        binary(0x21, 0x11, addresses + "\u0004\u0001\u00fe" + "x".repeat(510)),
        SIGNATURE + "!\u0011\u00ff\u00ff");
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aBrokenBinaryHeaderIsNone(String text) {
    assertEquals(ProxyHeader.MALFORMED, parse(text));
  }

  @Test
  void extensionsAreTakenUpToTheLongestHeader() {
    String filler = "\u0004\u0001\u00f9" + "x".repeat(505);
    assertEquals(ProxyHeader.LONGEST, parse(binary(0x21, 0x11, ONE + TWO + PORTS + filler)));
    tells("0:ffffc0000201 56324", "0:ffffc6336402 443");
  }

  @Test
  void aChecksumIsChecked() {
    String blank = binary(0x21, 0x11, ONE + TWO + PORTS + "\u0003\0\u0004\0\0\0\0");
    var sum = new CRC32C();
    sum.update(Feed.octets(blank));
    var text = new StringBuilder(blank.substring(0, blank.length() - 4));
    for (int shift = 24; shift >= 0; shift -= 8) {
      text.append((char) (sum.getValue() >> shift & 255));
    }
    assertEquals(text.length(), parse(text.toString()));
    text.setCharAt(text.length() - 1, (char) (text.charAt(text.length() - 1) ^ 1));
    assertEquals(ProxyHeader.MALFORMED, parse(text.toString()));
  }

  @Test
  void whateverComesHasAVerdict() {
    var random = new Random(20261124);
    for (int i = 0; i < 20_000; i++) {
      var text = new StringBuilder(random.nextBoolean() ? SIGNATURE : "PROXY TCP4 ");
      for (int left = random.nextInt(60); left > 0; left--) {
        text.append((char) random.nextInt(random.nextBoolean() ? 256 : 4));
      }
      byte[] octets = Feed.octets(text.toString());
      int verdict =
          header.parse(Feed.places(), Feed.place(octets, octets.length, i), octets.length);
      assertTrue(verdict >= -1 && verdict <= octets.length, text::toString);
    }
  }
}
