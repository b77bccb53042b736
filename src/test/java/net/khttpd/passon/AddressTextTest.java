package net.khttpd.passon;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import net.khttpd.kernel.Memory;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.loop.Buffers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AddressTextTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1",
    "255.10.0.9, 255.10.0.9",
    "::1, ::1",
    "::, ::",
    "1::, 1::",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "fe80::abcd:0:0, fe80::abcd:0:0",
    "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
  })
  void addressesAreWrittenInTheirShortestForm(String address, String text) throws Exception {
    MemorySegment bytes = Memory.allocate(16);
    SocketAddress from = SocketAddress.of(InetAddress.getByName(address), 1);
    from.writeMapped(bytes, 0);
    try (var buffers = new Buffers()) {
      var out = new Output(buffers);
      AddressText.write(bytes, out);
      byte[] written = out.bytes().asSlice(0, out.length()).toArray(ValueLayout.JAVA_BYTE);
      assertEquals(text, new String(written, ISO_8859_1));
      out.clear();
      assertEquals(0, buffers.bytesOut());
    }
    from.free();
    Memory.free(bytes);
  }
}
