package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.Engine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// `./khttpd sysctl` as users of sysctl(8) know it: output, errors and exit codes, of a server that
/// is loaded and idle.
final class SysctlTest {
  @TempDir private static Path directory;
  private static Path socket;
  private static Khttpd server;

  @BeforeAll
  static void begin() throws Exception {
    socket = directory.resolve("control");
    server = Khttpd.run(Engine.EPOLL, directory, socket, "start=0");
    assertTrue(server.line().startsWith("khttpd: loaded"));
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static Khttpd.Ended sysctl(String... arguments) throws Exception {
    var line = new ArrayList<String>(List.of("sysctl", "--socket", "" + socket));
    line.addAll(List.of(arguments));
    return Khttpd.ended(line.toArray(String[]::new));
  }

  /// Command line, output, what stderr holds (nothing if empty).
  static Stream<Arguments> lines() {
    return Stream.of(
        Arguments.of("net.khttpd.threads", "net.khttpd.threads = 1\n", ""),
        Arguments.of("threads drain", "net.khttpd.threads = 1\nnet.khttpd.drain = 10\n", ""),
        Arguments.of("net/khttpd/threads", "net.khttpd.threads = 1\n", ""),
        Arguments.of("-n threads drain", "1\n10\n", ""),
        Arguments.of("-N threads dynamic", "net.khttpd.threads\nnet.khttpd.dynamic\n", ""),
        Arguments.of("--values threads", "1\n", ""),
        Arguments.of("dynamic", "net.khttpd.dynamic = cgi-bin\nnet.khttpd.dynamic = ..\n", ""),
        Arguments.of("-n hosts", "\n", ""),
        Arguments.of("hosts", "net.khttpd.hosts =\n", ""),
        Arguments.of("threads nonsense", "net.khttpd.threads = 1\n", "'nonsense'"),
        Arguments.of("nonsense", "", "'nonsense'"),
        Arguments.of("thread", "", "did you mean threads?"),
        Arguments.of("-e threads nonsense", "net.khttpd.threads = 1\n", ""),
        Arguments.of("-w perm_required=0x4", "net.khttpd.perm_required = 04\n", ""),
        Arguments.of("perm_required=4", "net.khttpd.perm_required = 04\n", ""),
        Arguments.of("-n -w backlog=100", "100\n", ""),
        Arguments.of("-nw backlog=101", "101\n", ""),
        Arguments.of(
            "backlog=102 backlog", "net.khttpd.backlog = 102\nnet.khttpd.backlog = 102\n", ""),
        Arguments.of("-q -w backlog=103", "", ""),
        Arguments.of("-w nonsense=1", "", "'nonsense'"),
        Arguments.of("-e -w nonsense=1 backlog=104", "net.khttpd.backlog = 104\n", ""),
        Arguments.of("-w backlog=0", "", "backlog: '0' "),
        Arguments.of("-w backlog=9 backlog=none", "", "backlog: 'none' "),
        Arguments.of("-w backlog", "", "'backlog' is not of the form NAME=VALUE"),
        Arguments.of("-w hosts=", "", "hosts: "),
        Arguments.of("-w hosts=-a.b", "", "hosts: '-a.b' "),
        Arguments.of(
            "-w hosts=a.b hosts=c.d", "net.khttpd.hosts = a.b\nnet.khttpd.hosts = c.d\n", ""),
        Arguments.of("-w hosts=-a.b", "net.khttpd.hosts = c.d\n", ""),
        Arguments.of("-w hosts=-c.d", "net.khttpd.hosts =\n", ""),
        Arguments.of("-w unknown/../threads=2", "", "unknown"),
        Arguments.of("net.khttpd.stats.requests", "net.khttpd.stats.requests = 0\n", ""),
        Arguments.of("-n stats/requests stats.refused.404", "0\n0\n", ""),
        Arguments.of("stats.nonsense", "", "'stats.nonsense'"),
        Arguments.of("-w stats.requests=1", "", "stats.requests: is a statistic"),
        Arguments.of("", "", "a name is missing"),
        Arguments.of("-w", "", "NAME=VALUE"),
        Arguments.of("-a threads", "", "-a"),
        Arguments.of("-a -w threads=1", "", "exclude"),
        Arguments.of("-z", "", "'-z'"),
        Arguments.of("-p /nonexistent/khttpd.conf", "", "/nonexistent/khttpd.conf"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void aLineIsAnswered(String line, String out, String err) throws Exception {
    var ended = sysctl(line.isEmpty() ? new String[0] : line.split(" "));
    assertEquals(out, ended.out(), ended::err);
    assertEquals(err.isEmpty() ? 0 : 2, ended.exit(), ended::err);
    assertTrue(ended.err().contains(err), ended::err);
    assertEquals(err.isEmpty() ? 0 : 1, ended.err().lines().count(), ended::err);
    assertTrue(err.isEmpty() || ended.err().startsWith("khttpd: "), ended::err);
  }

  @Test
  void whatAllPrintsCanBeLoaded() throws Exception {
    sysctl("-q", "-w", "active=-sh", "mime=x=text/x");
    Path saved = directory.resolve("saved");
    String all = sysctl("-a").out();
    assertTrue(all.contains("net.khttpd.active =\nnet.khttpd.active = php*\n"), all);
    Files.writeString(saved, all);
    sysctl("-q", "-w", "active=more", "mime=y=text/y", "timeout_head=3");
    var loaded = sysctl("-p", "" + saved);
    assertEquals(0, loaded.exit(), loaded::err);
    assertTrue(loaded.out().contains("net.khttpd.timeout_head = 10\n"), loaded.out());
    assertEquals(all, sysctl("-a").out());
    sysctl("-q", "-p", "" + tabs());
    assertEquals("7\n", sysctl("-n", "timeout_idle").out());
  }

  private static Path tabs() throws IOException {
    return Files.writeString(
        directory.resolve("tabs"),
        "\t# sysctl.conf(5)\r\n;\f\n\tnet.khttpd.timeout_idle\t=\t7 \r\n-nonsense = 1\n");
  }

  @Test
  void aFaultInAFileChangesNothing() throws Exception {
    Path file = Files.writeString(directory.resolve("bad"), "timeout_send = 9\nthreads = x\n");
    var ended = sysctl("-p", "" + file);
    assertEquals(2, ended.exit());
    assertEquals("", ended.out());
    assertTrue(ended.err().startsWith("khttpd: " + file + " line 2: threads: "), ended.err());
    assertEquals("30\n", sysctl("-n", "timeout_send").out());
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    Path nobody = directory.resolve("nobody");
    for (String[] line :
        new String[][] {
          {"sysctl", "--socket", "" + nobody, "-a"},
          {"sysctl", "-a", "--socket=" + nobody},
          {"explain", "--socket", "" + nobody, "/"}
        }) {
      var ended = Khttpd.ended(line);
      assertEquals(2, ended.exit(), ended::toString);
      assertTrue(ended.err().startsWith("khttpd: --socket: " + nobody), ended.err());
      assertEquals(1, ended.err().lines().count(), ended.err());
    }
  }

  @Test
  void theHelpNamesTheOptions() throws Exception {
    var help = Khttpd.ended("sysctl", "--help");
    assertEquals(0, help.exit());
    for (String option : List.of("--socket", "-a", "-w", "-p", "-n", "-N", "-e", "-q")) {
      assertTrue(help.out().contains(option), option);
    }
  }
}
