package net.khttpd.real;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where settings are shown as files: by the server and by `khttpd mount`, from its beginning to
/// its end, and after an end by SIGKILL. Needs root, for FUSE.
final class ProcMountTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path directory;
  private final List<Khttpd> owned = new ArrayList<>();
  private Path files;
  private Path socket;
  private Path root;
  private Shell shell;

  @BeforeEach
  void begin() throws Exception {
    Shell.assumeFuse();
    files = directory.resolve("proc");
    socket = directory.resolve("control");
    root = Files.createDirectory(directory.resolve("www"));
    Files.writeString(root.resolve("index.html"), "home");
    shell = new Shell(Map.of("DIR", "" + files, "ROOT", "" + root));
  }

  @AfterEach
  void end() throws Exception {
    owned.forEach(Khttpd::close);
    for (Khttpd each : owned) {
      each.exit(SOON);
    }
    shell.ended("umount -l $DIR"); // what was killed leaves its mount
  }

  private Khttpd own(Khttpd khttpd) {
    owned.add(khttpd);
    return khttpd;
  }

  private Khttpd loaded(String... settings) throws Exception {
    var all = new ArrayList<String>(List.of("start=0"));
    all.addAll(List.of(settings));
    Khttpd server = own(Khttpd.run(Engine.EPOLL, root, socket, all.toArray(String[]::new)));
    assertTrue(server.line().startsWith("khttpd: loaded"));
    return server;
  }

  private Khttpd mounted() throws Exception {
    Khttpd mount = own(Khttpd.command(List.of("mount", "" + files, "--socket", "" + socket)));
    assertEquals("khttpd: mounted " + files, mount.line());
    return mount;
  }

  private void sysctl(String assignment) throws Exception {
    var ended = Khttpd.ended("sysctl", "--socket", "" + socket, "-w", assignment);
    assertEquals(0, ended.exit(), ended::err);
  }

  private String mounts() throws Exception {
    return shell.out("grep ' " + files + " ' /proc/self/mounts || true");
  }

  /// As the README of 2000 had it, but for the directory and the module commands.
  @ParameterizedTest
  @CsvSource({"EPOLL, true", "IO_URING, true", "EPOLL, false"})
  void theStartScriptOf2000Works(Engine engine, boolean byServer) throws Exception {
    int port = Program.freePort();
    try (RecordingBackend backend = RecordingBackend.ok()) {
      String wanted = byServer ? "proc_mount=" + files : "drain=1";
      Path none = Files.createDirectory(directory.resolve("none"));
      Khttpd server = own(Khttpd.run(engine, none, socket, "start=0", wanted));
      assertTrue(server.line().startsWith("khttpd: loaded"));
      Khttpd mount = byServer ? server : mounted();
      var script =
          new Shell(
              Map.of(
                  "DIR",
                  "" + files,
                  "ROOT",
                  "" + root,
                  "CLIENT",
                  "" + backend.port(),
                  "PORT",
                  "" + port));
      script.out(
          "echo $CLIENT > $DIR/clientport",
          "echo $PORT > $DIR/serverport",
          "echo $ROOT > $DIR/documentroot",
          "echo php3 > $DIR/dynamic",
          "echo shtml > $DIR/dynamic",
          "echo 1 > $DIR/start");
      assertEquals("home", RealWorld.ask(port, get("/index.html")).text());
      assertEquals("backend", RealWorld.ask(port, get("/page.php3")).text());
      script.out("echo 1 > $DIR/stop", "echo 1 > $DIR/unload");
      assertEquals(0, server.exit(SOON));
      assertEquals(0, mount.exit(SOON));
      assertFalse(Program.listens(port));
      assertEquals("", mounts());
    }
  }

  @Test
  void aDeadMountOfAKilledServerIsTakenAwayAtTheNextStart() throws Exception {
    Khttpd killed = loaded("proc_mount=" + files);
    killed.signal("KILL");
    assertEquals(137, killed.exit(SOON));
    shell.refused("not connected", "cat $DIR/threads");
    Khttpd next = loaded("proc_mount=" + files, "backlog=7");
    assertEquals("7\n", shell.out("cat $DIR/backlog"));
    next.awaitErr("had the dead mount of an earlier server, which is gone");
    assertEquals(1, mounts().lines().count());
    next.signal("TERM");
    assertEquals(0, next.exit(SOON));
    assertEquals("", mounts());
  }

  @Test
  void aDirectoryThatCannotBeHadIsSaidAndTheServerGoesOnWithout() throws Exception {
    Khttpd full = loaded("proc_mount=" + directory);
    full.awaitErr(
        "proc_mount: "
            + directory
            + " is not empty; what lies in it would be hidden (the"
            + " server goes on without these files)");
    sysctl("proc_mount=" + files);
    assertEquals("10\n", shell.out("cat $DIR/drain"));
    var ended = Khttpd.ended("mount", "" + files, "--socket", "" + socket);
    assertEquals(2, ended.exit());
    assertEquals("khttpd: mount: " + files + " shows a running server already\n", ended.err());
    ended = Khttpd.ended("sysctl", "--socket", "" + socket, "-w", "proc_mount=/proc/x/y");
    assertEquals(2, ended.exit());
    assertEquals(
        "khttpd: proc_mount: /proc/x/y: the directory above it does not exist\n", ended.err());
    assertEquals("10\n", shell.out("cat $DIR/drain"), "it stays where it is");
    full.signal("TERM");
    assertEquals(0, full.exit(SOON));
  }

  @Test
  void theFilesMoveAndGoByAWriteToThemselves() throws Exception {
    Path other = directory.resolve("other");
    Khttpd server = loaded("proc_mount=" + files);
    shell.out("echo " + other + " > $DIR/proc_mount");
    assertEquals("1\n", shell.out("cat " + other + "/threads"));
    shell.out("echo > " + other + "/proc_mount");
    server.signal("TERM");
    assertEquals(0, server.exit(SOON));
    assertFalse(Files.exists(other));
    assertFalse(Files.exists(files));
  }

  @Test
  void mountsThatComeAndGoLeaveNoThreadAndNoDescriptor() throws Exception {
    int rounds = RealWorld.LONG ? 200 : 6;
    Khttpd server = loaded("proc_mount=" + files);
    shell.out(there(2));
    long threads = count("task", server);
    long descriptors = count("fd", server);
    shell.out(there(rounds));
    until(() -> count("fd", server) == descriptors, "descriptors are left");
    until(() -> count("task", server) < threads + 5, "threads are left");
    assertEquals(1, mounts().lines().count());
    server.signal("TERM");
    assertEquals(0, server.exit(SOON));
  }

  /// There and back again, with readers of both.
  private static String there(int rounds) {
    return "for i in $(seq "
        + rounds
        + "); do cat $DIR/threads > /dev/null & echo $DIR.2 > $DIR/proc_mount;"
        + " cat $DIR.2/stats/requests > /dev/null & echo $DIR > $DIR.2/proc_mount; done; wait";
  }

  private static void until(Callable<Boolean> is, String what) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (!is.call()) {
      assertTrue(System.nanoTime() < end, what);
      Thread.onSpinWait();
    }
  }

  private static long count(String what, Khttpd server) throws Exception {
    try (var all = Files.list(Path.of("/proc/" + server.pid(), what))) {
      return all.count();
    }
  }

  @Test
  void aReaderThatHangsHoldsNobody() throws Exception {
    Khttpd server = loaded("proc_mount=" + files, "drain=1");
    try (InputStream open = Files.newInputStream(files.resolve("threads"))) {
      shell.out("echo 1 > $DIR/start; echo 1 > $DIR/stop; echo 1 > $DIR/unload");
      assertEquals(0, server.exit(SOON));
      assertEquals("", mounts());
      assertTrue(open.available() >= 0);
    } catch (java.io.IOException notConnected) {
      assertFalse(server.alive());
    }
  }

  @Test
  void stopIsReadWhileItDrains() throws Exception {
    var asked = new CountDownLatch(1);
    var free = new CountDownLatch(1);
    try (var backend =
            new RecordingBackend(connection -> {
              connection.read();
              asked.countDown();
              free.await();
              connection.send(RecordingBackend.OK);
            });
        Khttpd server =
            Khttpd.run(Engine.EPOLL, root, "proc_mount=" + files, "backend=" + backend.setting());
        var client = new RawClient(server.port())) {
      client.send(get("/page.php"));
      assertTrue(asked.await(20, TimeUnit.SECONDS));
      var stopped = CompletableFuture.supplyAsync(() -> stop());
      assertEquals("1\n", shell.out("while [ $(cat $DIR/stop) = 0 ]; do :; done; cat $DIR/stop"));
      shell.out("echo 11 > $DIR/drain"); // others may write meanwhile
      assertFalse(stopped.isDone());
      free.countDown();
      assertEquals("backend", client.read().text());
      assertEquals("", stopped.get(20, TimeUnit.SECONDS));
      assertEquals("0\n", shell.out("cat $DIR/stop"));
      server.signal("TERM");
      assertEquals(0, server.exit(SOON));
    }
  }

  private String stop() {
    try {
      return shell.out("echo 1 > $DIR/stop");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aMountOutlivesTheServerAndKnowsTheNext() throws Exception {
    Khttpd first = loaded();
    Khttpd mount = mounted();
    shell.refused("Invalid argument", "echo many > $DIR/threads");
    mount.awaitErr("mount: threads: 'many' is not a whole number");
    assertFalse(first.err().contains("many"), first.err());
    shell.out("echo php3 >> $DIR/dynamic");
    assertEquals("cgi-bin\n..\nphp3\n", shell.out("cat $DIR/dynamic"));
    first.signal("KILL");
    assertEquals(137, first.exit(SOON));
    shell.refused("Input/output error", "cat $DIR/dynamic");
    mount.awaitErr("there is no server");
    loaded("backlog=9");
    assertEquals("9\n", shell.out("cat $DIR/backlog"));
    shell.out("umount $DIR");
    assertEquals(0, mount.exit(SOON));
    assertFalse(Files.exists(files));
  }

  @Test
  void withoutAServerNothingIsMounted() throws Exception {
    var ended = Khttpd.ended("mount", "" + files, "--socket", "" + socket);
    assertEquals(2, ended.exit());
    assertTrue(ended.err().startsWith("khttpd: --socket: " + socket), ended.err());
    assertFalse(Files.exists(files));
  }
}
