package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `./khttpd run` as a process: what it prints, and how it ends.
final class RunTest extends RealWorld {
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final int LARGE = LARGE_MIB << 20;

  @Override
  void start() {}

  @Test
  void theReadyLineIsTheOnlyOneOnStdout() throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), "threads=2")) {
      String line = khttpd.line();
      String ready = "khttpd: ready http://127\\.0\\.0\\.1:\\d+ engine=%s threads=2( .*)?";
      assertTrue(line.matches(ready.formatted(engine.setting())), line);
      int port = Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
      assertEquals(200, ask(port, get("/index.html")).status());
      khttpd.signal("TERM");
      assertEquals("", khttpd.restOfOut());
      assertEquals(0, khttpd.exit(AT_ONCE));
      assertFalse(Program.listens(port));
    }
  }

  @Test
  void withStartZeroNothingIsBound() throws Exception {
    int port = Program.freePort();
    String[] settings = {"start=0", "serverport=" + port};
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), settings)) {
      assertTrue(khttpd.line().startsWith("khttpd: loaded"));
      assertFalse(Program.listens(port));
      khttpd.signal("INT");
      assertEquals(0, khttpd.exit(AT_ONCE));
    }
  }

  /// As a shell without job control starts its background jobs.
  @Test
  void aSignalThatOurStarterIgnoresEndsUsAllTheSame() throws Exception {
    var line = List.of("run", "-w", "start=0", "-w", "documentroot=" + site.root());
    try (Khttpd khttpd = Khttpd.by(List.of("env", "--ignore-signal=INT"), line)) {
      assertTrue(khttpd.line().startsWith("khttpd: loaded"));
      khttpd.signal("INT");
      assertEquals(0, khttpd.exit(AT_ONCE));
    }
  }

  @Test
  void aNameBeyondAsciiIsFoundInTheLocaleCToo() throws Exception {
    Path root = Files.createDirectory(site.outside().resolve("b\u00fcro"));
    Files.writeString(root.resolve("\u00fc.html"), "hello");
    Path conf = site.outside().resolve("\u00fc.conf");
    Files.writeString(conf, "documentroot = " + root + "\nclientport = 0\n");
    var starter = List.of("env", "LC_ALL=C");
    var ended = Khttpd.endedBy(starter, "explain", "--conf", "" + conf, "/%C3%BC.html");
    assertEquals("", ended.err());
    assertTrue(ended.out().contains("\nserved /"), ended::out);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void aDownloadUnderWayIsCompletedBeforeTheEnd(String signal) throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), "drain=20");
        var client = slow(khttpd.port())) {
      khttpd.signal(signal);
      khttpd.awaitErr("ending: SIG" + signal);
      assertTrue(khttpd.alive());
      assertEquals(LARGE - 1, client.skip(LARGE), "the rest of the download");
      assertEquals(0, khttpd.exit(Duration.ofSeconds(15)));
    }
  }

  @Test
  void whileWeDrainNobodyElseIsLetIn() throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), "drain=20")) {
      int port = khttpd.port();
      try (var client = slow(port)) {
        khttpd.signal("TERM");
        long end = System.nanoTime() + AT_ONCE.toNanos();
        while (Program.listens(port) && System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        assertFalse(Program.listens(port));
        assertEquals(LARGE - 1, client.skip(LARGE));
      }
      assertEquals(0, khttpd.exit(Duration.ofSeconds(15)));
    }
  }

  @Test
  void aDownloadThatDoesNotEndIsCutAfterDrain() throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), "drain=0.3");
        var client = slow(khttpd.port())) {
      khttpd.signal("TERM");
      assertEquals(0, khttpd.exit(AT_ONCE));
      assertTrue(client.has());
    }
  }

  @Test
  void aSecondSignalEndsAtOnce() throws Exception {
    try (Khttpd khttpd = Khttpd.run(engine, site.root(), "drain=600");
        var client = slow(khttpd.port())) {
      khttpd.signal("TERM");
      khttpd.awaitErr("ending: SIGTERM");
      khttpd.signal("TERM");
      assertEquals(0, khttpd.exit(AT_ONCE));
      assertTrue(client.has());
    }
  }

  @Test
  void aFileOfSettingsIsReadLikeSysctlConf() throws Exception {
    Path conf = site.outside().resolve("khttpd.conf");
    Files.writeString(
        conf,
        """
        # a comment
        ; another
        net.khttpd.documentroot = %s
        serverport=0
          address =  127.0.0.1
        clientport = 0
        dynamic =
        dynamic = types/
        -net.khttpd.unknown = 1
        engine = %s
        threads = 1
        """
            .formatted(site.root(), engine.setting()));
    try (Khttpd khttpd =
        Khttpd.command(java.util.List.of("run", "--conf", "" + conf, "-w", "threads=2"))) {
      String line = khttpd.line();
      assertTrue(line.contains("engine=" + engine.setting() + " threads=2"), line + khttpd.err());
      int port = Integer.parseInt(line.replaceAll(".*127\\.0\\.0\\.1:(\\d+).*", "$1"));
      assertEquals(200, ask(port, get("/index.html")).status());
      assertEquals(404, ask(port, get("/types/file.css")).status());
    }
  }

  /// A client that has asked for the large file and read its first byte.
  private static SlowClient slow(int port) throws Exception {
    var client = new SlowClient(new RawClient(port));
    client.raw.send(get("/large.iso"));
    assertTrue(client.raw.head().startsWith("HTTP/1.1 200 "));
    client.raw.exactly(1);
    return client;
  }

  private record SlowClient(RawClient raw) implements AutoCloseable {
    long skip(long length) throws Exception {
      return raw.skip(length);
    }

    /// Something of the answer is still on the way.
    boolean has() throws Exception {
      return raw.skip(1) == 1;
    }

    @Override
    public void close() throws java.io.IOException {
      raw.close();
    }
  }
}
