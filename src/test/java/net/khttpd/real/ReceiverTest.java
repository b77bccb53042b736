package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The example receivers of `examples/` take sockets and answer on them.
final class ReceiverTest extends RealWorld {
  /// A receiver: the word with which it answers.
  private enum Example {
    PYTHON("python"),
    NETTY("netty");

    private final String word;

    Example(String word) {
      this.word = word;
    }

    private String[] command(Path socket) throws Exception {
      return switch (this) {
        case PYTHON ->
            new String[] {"python3", "examples/handover-python/receiver.py", "" + socket};
        case NETTY ->
            new String[] {
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx64m",
              "--enable-native-access=ALL-UNNAMED",
              "-cp",
              System.getProperty("java.class.path")
                  + ":"
                  + System.getProperty("jdk.module.path", ""),
              "examples/handover-netty/src/main/java/Receiver.java",
              "" + socket
            };
      };
    }
  }

  @Override
  void start() {}

  private Path socket(Example example) {
    return site.outside().resolve(example.word);
  }

  static Stream<Example> examples() {
    return Stream.of(Example.values());
  }

  @ParameterizedTest
  @MethodSource("examples")
  void itAnswersWhatIsHandedToIt(Example example) throws Exception {
    boolean native64 = System.getProperty("os.arch").equals("amd64");
    assumeTrue(native64 || example != Example.NETTY, "Netty's native part is that of x86-64");
    Path socket = socket(example);
    Program program = own(Program.start(site.outside(), example.command(socket)));
    awaitListening(program, socket);
    for (String mode : new String[] {"", ",peek"}) {
      try (FrontServer us =
          FrontServer.start(
              engine, site.root(), java.util.List.of("handover=unix:" + socket + mode))) {
        for (int i = 0; i < 50; i++) {
          try (var client = new RawClient(us.port())) {
            client.send(get("/empty.txt") + get("/app.cgi?" + i) + get("/empty.txt"));
            assertEquals("", client.read().text());
            String asked = example.word + ": GET /app.cgi?" + i + " HTTP/1.1\n";
            assertEquals(asked, client.read().text(), program.output());
            assertEquals(example.word + ": GET /empty.txt HTTP/1.1\n", client.read().text());
            assertEquals(
                example.word + ": GET /again HTTP/1.1\n", client.send(get("/again")).read().text());
          }
        }
      }
    }
  }

  private static void awaitListening(Program program, Path socket) throws Exception {
    long end = System.nanoTime() + Program.DEADLINE_NANOS;
    while (!listens(socket)) {
      assertTrue(System.nanoTime() < end, program.output());
      Thread.onSpinWait();
    }
  }

  private static boolean listens(Path socket) {
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return probe.connect(UnixDomainSocketAddress.of(socket));
    } catch (java.io.IOException notYet) {
      return false;
    }
  }
}
