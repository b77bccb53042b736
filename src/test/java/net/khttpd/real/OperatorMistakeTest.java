package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What the operator got wrong: one sentence on stderr that names it, nothing on stdout, exit 2.
final class OperatorMistakeTest {
  @TempDir Path root;

  static Stream<Arguments> settings() {
    return Stream.of(
        Arguments.of("foo=1", "'foo'"),
        Arguments.of("net.khttpd.foo=1", "foo"),
        Arguments.of("threads=0", "threads: "),
        Arguments.of("threads=257", "threads: "),
        Arguments.of("threads=many", "threads: "),
        Arguments.of("serverport=65536", "serverport: "),
        Arguments.of("serverport=", "serverport"),
        Arguments.of("serverport", "serverport"),
        Arguments.of("maxconnect=-1", "maxconnect: "),
        Arguments.of("engine=kqueue", "engine: "),
        Arguments.of("perm_required=rw", "perm_required: "),
        Arguments.of("timeout_head=0", "timeout_head: "),
        Arguments.of("backend=nowhere", "backend: "),
        Arguments.of("dynamic=", "dynamic: "),
        Arguments.of("query=(", "query: "),
        Arguments.of("address=300.0.0.1", "address: "),
        Arguments.of("address=192.0.2.1", "address: "),
        Arguments.of("documentroot=/nonexistent/khttpd", "documentroot: "),
        Arguments.of("documentroot=relative", "documentroot: "),
        Arguments.of("documentroot=/etc/hostname", "documentroot: "));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aSettingThatCannotBeIsNamed(String write, String named) throws Exception {
    assertMistake(named, "run", "-w", "serverport=0", "-w", "documentroot=" + root, "-w", write);
  }

  static Stream<List<String>> lines() {
    return Stream.of(
        List.of("'--frob'", "run", "--frob"),
        List.of("'frob'", "frob"),
        List.of("NAME=VALUE", "run", "-w"),
        List.of("--conf", "run", "--conf", "/nonexistent/khttpd.conf"),
        List.of("--conf", "run", "--conf", "/tmp"),
        List.of("--conf", "run", "--conf="),
        List.of("command"),
        List.of("URL-PATH", "explain"));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void anOptionOrCommandThatIsNotKnownIsNamed(List<String> line) throws Exception {
    String[] arguments = line.stream().skip(1).toArray(String[]::new);
    assertMistake(line.getFirst(), arguments);
  }

  @Test
  void ourselvesAsBackendIsRefused() throws Exception {
    String port = "" + Program.freePort();
    assertMistake("clientport: ", start("serverport=" + port, "clientport=" + port));
    assertMistake("backend: ", start("serverport=" + port, "backend=localhost:" + port));
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aPortThatAnotherProgramHasIsNamed(Engine engine) throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "serverport=" + other.getLocalPort();
      assertMistake("serverport: ", start(port, "engine=" + engine.setting()));
    }
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aPortThatWeHaveAlreadyIsNamed(Engine engine) throws Exception {
    try (Khttpd first = Khttpd.run(engine, root)) {
      String port = "serverport=" + first.port();
      assertMistake("serverport: ", start(port, "engine=" + engine.setting()));
      assertTrue(first.alive());
    }
  }

  @Test
  void aFaultInAFileIsNamedWithItsLine() throws Exception {
    Path conf = root.resolve("khttpd.conf");
    Files.writeString(conf, "# fine\nserverport = 0\nthreads = none\n");
    var ended = assertMistake("threads", "run", "--conf", "" + conf);
    assertTrue(ended.err().contains("3"), ended.err());
    assertTrue(ended.err().contains("" + conf), ended.err());
  }

  @Test
  void anAccessLogThatCannotBeOpenedIsNamedAndNeverWaitedFor() throws Exception {
    Path fifo = root.resolve("fifo");
    assertEquals(0, new ProcessBuilder("mkfifo", "" + fifo).start().waitFor());
    for (Path log : List.of(fifo, root, root.resolve("missing/access.log"))) {
      assertMistake("access_log: " + log, start("serverport=0", "logging=1", "access_log=" + log));
    }
  }

  private String[] start(String... settings) {
    var line = new ArrayList<String>(List.of("run", "-w", "address=127.0.0.1"));
    line.addAll(List.of("-w", "documentroot=" + root, "-w", "clientport=0"));
    for (String setting : settings) {
      line.addAll(List.of("-w", setting));
    }
    return line.toArray(String[]::new);
  }

  private static Khttpd.Ended assertMistake(String named, String... line) throws Exception {
    var ended = Khttpd.ended(line);
    assertEquals(2, ended.exit(), ended::toString);
    assertEquals("", ended.out());
    assertTrue(ended.err().startsWith("khttpd: "), ended::err);
    assertTrue(ended.err().contains(named), ended::err);
    assertEquals(1, ended.err().lines().count(), ended::err);
    return ended;
  }
}
