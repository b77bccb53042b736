package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.RawClient;
import org.junit.jupiter.api.Test;

/// `./khttpd run` driven from outside while it runs: by its control socket and by signals.
final class ControlTest extends RealWorld {
  private static final Duration SOON = Duration.ofSeconds(15);

  private Path socket;

  @Override
  void start() {
    socket = site.outside().resolve("control");
  }

  private Khttpd run(String... settings) throws Exception {
    return Khttpd.run(engine, site.root(), socket, settings);
  }

  private Khttpd.Ended sysctl(String... arguments) throws Exception {
    var line = new ArrayList<String>(List.of("sysctl", "--socket", "" + socket));
    line.addAll(List.of(arguments));
    return Khttpd.ended(line.toArray(String[]::new));
  }

  private void told(String out, String... arguments) throws Exception {
    var ended = sysctl(arguments);
    assertEquals(out, ended.out(), ended::err);
    assertEquals(0, ended.exit());
  }

  @Test
  void aLoadedServerIsStartedStoppedAndUnloaded() throws Exception {
    int port = Program.freePort();
    try (Khttpd khttpd = run("start=0", "serverport=" + port)) {
      assertTrue(khttpd.line().startsWith("khttpd: loaded"));
      told("0\n", "-n", "start");
      told("net.khttpd.start = 1\n", "-w", "start=1");
      assertEquals(200, ask(port, get("/index.html")).status());
      told("net.khttpd.stop = 1\n", "-w", "net.khttpd.stop=1");
      assertFalse(Program.listens(port));
      told("net.khttpd.start = 1\n", "start=1");
      assertEquals(200, ask(port, get("/index.html")).status());
      told("net.khttpd.unload = 1\n", "-w", "unload=1");
      assertEquals(0, khttpd.exit(SOON));
      assertFalse(Files.exists(socket));
      assertFalse(Program.listens(port));
    }
  }

  @Test
  void aChangeIsLoggedWithOldAndNewValueAndWhoAsked() throws Exception {
    try (Khttpd khttpd = run()) {
      int port = khttpd.port();
      told(
          "net.khttpd.dynamic = cgi-bin\nnet.khttpd.dynamic = ..\nnet.khttpd.dynamic = ndex\n",
          "-w",
          "dynamic=ndex");
      assertEquals(404, ask(port, get("/index.html")).status());
      khttpd.awaitErr("dynamic: cgi-bin .. -> cgi-bin .. ndex");
      khttpd.awaitErr("(uid ");
    }
  }

  @Test
  void aBusyPortIsRefusedAndTheServerStaysIdle() throws Exception {
    int port = Program.freePort();
    try (Khttpd khttpd = run("start=0", "serverport=" + port)) {
      assertTrue(khttpd.line().startsWith("khttpd: loaded"));
      try (var other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        assertTrue(other.isBound());
        var refused = sysctl("-w", "start=1");
        assertEquals(2, refused.exit());
        assertTrue(refused.err().startsWith("khttpd: serverport: "), refused.err());
        assertEquals("", refused.out());
        told("0\n", "-n", "start");
      }
      told("net.khttpd.start = 1\n", "-w", "start=1");
      assertEquals(200, ask(port, get("/index.html")).status());
    }
  }

  @Test
  void hangUpReadsTheFileAgain() throws Exception {
    Path conf = Files.writeString(site.outside().resolve("hup.conf"), conf("dynamic = one\n"));
    List<String> line =
        List.of("run", "--conf", "" + conf, "--socket", "" + socket, "-w", "timeout_idle=9");
    try (Khttpd khttpd = Khttpd.command(line);
        var under = new RawClient(khttpd.port())) {
      told("one\n", "-n", "dynamic");
      told("net.khttpd.hosts = a.b\n", "-w", "hosts=a.b");
      Files.writeString(conf, conf("dynamic = two\ntimeout_head = 8\ntimeout_idle = 7\n"));
      khttpd.signal("HUP");
      khttpd.awaitErr("SIGHUP: read " + conf);
      told("two\n8\n9\n\n1\n", "-n", "dynamic", "timeout_head", "timeout_idle", "hosts", "start");
      under.send(get("/empty.txt"));
      assertEquals(200, under.read().status(), "a connection survives");
      Files.writeString(conf, conf("dynamic = three\ntimeout_head = x\n"));
      khttpd.signal("HUP");
      khttpd.awaitErr("SIGHUP: nothing has changed: " + conf + " line");
      told("two\n8\n", "-n", "dynamic", "timeout_head");
      told("net.khttpd.stop = 1\n", "-w", "stop=1");
      Files.writeString(conf, conf("dynamic = four\n"));
      khttpd.signal("HUP");
      khttpd.awaitErr("two -> four");
      told("0\n", "-n", "start");
      khttpd.signal("TERM");
      assertEquals(0, khttpd.exit(SOON));
    }
  }

  private String conf(String more) {
    return "documentroot = %s\nengine = %s\nthreads = 1\nserverport = 0\nclientport = 0\naddress = 127.0.0.1\ndynamic =\n"
            .formatted(site.root(), engine.setting())
        + more;
  }

  @Test
  void withoutAFileHangUpSaysSo() throws Exception {
    try (Khttpd khttpd = run()) {
      int port = khttpd.port();
      khttpd.signal("HUP");
      khttpd.awaitErr("SIGHUP: there is no --conf file to read");
      assertEquals(200, ask(port, get("/index.html")).status());
    }
  }

  @Test
  void userSignalOneReopensTheLog() throws Exception {
    Path log = site.outside().resolve("access-" + engine + ".log");
    try (Khttpd khttpd = run("logging=1", "access_log=" + log)) {
      int port = khttpd.port();
      assertEquals(200, ask(port, get("/index.html")).status());
      awaitLine(log, "/index.html");
      Path rotated = Files.move(log, log.resolveSibling(log.getFileName() + ".1"));
      khttpd.signal("USR1");
      khttpd.awaitErr("SIGUSR1: ");
      await(() -> Files.exists(log));
      assertEquals(200, ask(port, get("/empty.txt")).status());
      awaitLine(log, "/empty.txt");
      assertFalse(Files.readString(rotated).contains("/empty.txt"));
    }
  }

  private static void awaitLine(Path log, String text) throws Exception {
    await(() -> Files.readString(log).contains(text));
  }

  private interface Observed {
    boolean yet() throws Exception;
  }

  private static void await(Observed event) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (!event.yet()) {
      assertTrue(System.nanoTime() < end, "in vain");
      Thread.onSpinWait();
    }
  }

  @Test
  void anExplanationIsThatOfTheRunningServer() throws Exception {
    try (Khttpd khttpd = run()) {
      int port = khttpd.port();
      assertEquals(200, ask(port, get("/empty.txt")).status());
      var ended = Khttpd.ended("explain", "--socket", "" + socket, "/empty.txt");
      assertEquals(0, ended.exit(), ended::err);
      assertTrue(ended.out().contains("cache: remembered\nserved /empty.txt: "), ended.out());
      told("net.khttpd.backend = 127.0.0.1:1\n", "-w", "backend=127.0.0.1:1");
      ended = Khttpd.ended("explain", "--socket", "" + socket, "/page.php");
      assertTrue(ended.out().contains("backend: 127.0.0.1:1 next of 1"), ended.out());
      assertTrue(ended.out().contains("10  active         objects"), ended.out());
      assertTrue(ended.out().contains("\npassed on: active (rule 10"), ended.out());
      ended = Khttpd.ended("explain", "--socket", "" + socket, "-w", "threads=1", "/");
      assertEquals(2, ended.exit(), ended::toString);
    }
  }

  @Test
  void anotherUserIsRefusedEvenWhereTheFileWouldLetHimIn() throws Exception {
    assumeTrue(
        System.getProperty("user.name").equals("root"),
        "not root, who alone can run a program as another user");
    Path open = Files.createTempDirectory("khttpd-open");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    socket = open.resolve("control");
    try (Khttpd khttpd = run()) {
      khttpd.port();
      String closed = asNobody(socket);
      assertTrue(closed.contains("Permission denied"), closed);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-rw-rw-"));
      String refused = asNobody(socket);
      assertTrue(refused.contains("!another user (uid 65534, "), refused);
      assertTrue(refused.contains("may not control this server"), refused);
      assertFalse(refused.contains("net.khttpd."), refused);
      khttpd.awaitErr("control socket: refused another user (uid 65534");
      told("1\n", "-n", "threads");
      khttpd.signal("TERM");
      assertEquals(0, khttpd.exit(SOON));
    } finally {
      start();
      Files.delete(open);
    }
  }

  /// What a user without rights is told who speaks to the socket.
  private static String asNobody(Path socket) throws Exception {
    String program =
        """
        use IO::Socket::UNIX;
        my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "$!\\n";
        $s->print("list\\n\\n"); $s->flush(); print while <$s>;
        """;
    Process process =
        new ProcessBuilder(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "perl",
                "-e",
                program,
                "" + socket)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertTrue(process.waitFor(15, java.util.concurrent.TimeUnit.SECONDS));
    return said;
  }

  @Test
  void aSocketInUseIsRefusedAndOneLeftBehindIsTakenOver() throws Exception {
    try (Khttpd first = run()) {
      first.port();
      var second =
          Khttpd.ended(
              "run",
              "--socket",
              "" + socket,
              "-w",
              "documentroot=" + site.root(),
              "-w",
              "serverport=0",
              "-w",
              "clientport=0");
      assertEquals(2, second.exit(), second::toString);
      assertEquals("", second.out());
      assertTrue(second.err().startsWith("khttpd: --socket: " + socket), second.err());
      assertEquals(1, second.err().lines().count(), second.err());
      told("1\n", "-n", "threads");
      first.signal("KILL");
      assertTrue(first.exit(SOON) != 0);
      assertTrue(Files.exists(socket));
    }
    try (Khttpd next = run("threads=2")) {
      next.port();
      told("2\n", "-n", "threads");
    }
  }

  @Test
  void severalServersWithoutASocketOfTheirOwnServe() throws Exception {
    Path runtime = Files.createTempDirectory("khttpd-runtime");
    try (Khttpd first = Khttpd.run(engine, site.root(), runtime.resolve("khttpd.sock"))) {
      first.port();
      try (Khttpd second = Khttpd.withRuntime(runtime, engine, site.root())) {
        assertEquals(200, ask(second.port(), get("/index.html")).status());
        second.awaitErr("no control socket");
        assertTrue(second.err().contains("in use"), second.err());
        second.signal("TERM");
        assertEquals(0, second.exit(SOON));
      }
      assertTrue(Files.exists(runtime.resolve("khttpd.sock")));
    }
    try (Khttpd alone = Khttpd.withRuntime(runtime, engine, site.root())) {
      alone.port();
      assertTrue(Files.exists(runtime.resolve("khttpd.sock")));
      alone.signal("TERM");
      assertEquals(0, alone.exit(SOON));
      assertFalse(Files.exists(runtime.resolve("khttpd.sock")));
    }
    Files.delete(runtime);
  }

  @Test
  void whileRequestsEndTheServerStillAnswersItsController() throws Exception {
    try (Khttpd khttpd = run("drain=600");
        var slow = new RawClient(khttpd.port())) {
      slow.send(get("/large.iso"));
      assertTrue(slow.head().startsWith("HTTP/1.1 200 "));
      khttpd.signal("TERM");
      khttpd.awaitErr("ending: SIGTERM");
      told("600\n", "-n", "drain");
      told("net.khttpd.drain = 0.1\n", "-w", "drain=0.1");
      assertEquals(0, khttpd.exit(SOON));
    }
  }
}
