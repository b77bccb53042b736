package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import net.khttpd.frontdoor.harness.Engine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files of `proc_mount` in the hands of cat, echo, tee and dd. Needs root, for FUSE.
final class ProcFilesTest {
  private static final String INVALID = "Invalid argument";

  @TempDir private static Path directory;
  private static Path files;
  private static Khttpd server;
  private static Shell shell;

  @BeforeAll
  static void begin() throws Exception {
    Shell.assumeFuse();
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    files = directory.resolve("proc");
    Path socket = directory.resolve("control");
    Path root = Files.createDirectory(directory.resolve("www"));
    server = Khttpd.run(Engine.EPOLL, root, socket, "start=0", "proc_mount=" + files, "threads=3");
    assertTrue(server.line().startsWith("khttpd: loaded"), server::toString);
    shell = new Shell(Map.of("DIR", "" + files, "TMP", "" + directory));
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      shell.out("echo 1 > $DIR/unload");
      assertEquals(0, server.exit(java.time.Duration.ofSeconds(20)));
      assertFalse(Files.exists(files), "a directory that we made is removed");
      server.close();
    }
  }

  @Test
  void aValueIsReadAndWritten() throws Exception {
    assertEquals("3\n", shell.out("cat $DIR/threads"));
    assertEquals("0x18\n", shell.out("echo 0x18 | tee $DIR/perm_forbid"));
    assertEquals("030\n", shell.out("cat $DIR/perm_forbid"));
    shell.out("echo 41 >> $DIR/backlog");
    assertEquals("41\n", shell.out("dd if=$DIR/backlog bs=1 status=none"));
    shell.out("printf 42 > $DIR/backlog");
    assertEquals("42\n", shell.out("read x < $DIR/backlog; echo $x"));
    server.awaitErr("backlog: 41 -> 42, asked by a write to " + files + "/backlog");
  }

  @Test
  void aListHasALineForEachEntryAndAWriteAddsOne() throws Exception {
    shell.out("echo php3 > $DIR/dynamic; echo shtml >> $DIR/dynamic; echo php3 > $DIR/dynamic");
    assertEquals("cgi-bin\n..\nphp3\nshtml\n", shell.out("cat $DIR/dynamic"));
    shell.out("{ echo -php3; echo -shtml; } > $DIR/dynamic");
    assertEquals("cgi-bin\n..\n", shell.out("cat $DIR/dynamic"));
    assertEquals("0\n", shell.out("wc -l < $DIR/backend"), "an empty list has no lines");
    shell.refused(INVALID, "echo > $DIR/dynamic");
    shell.refused(INVALID, "echo -none > $DIR/dynamic");
  }

  @Test
  void aBadValueIsInvalidToItsWriterAndASentenceInTheLog() throws Exception {
    shell.refused(INVALID, "echo many > $DIR/maxconnect");
    server.awaitErr("proc_mount: maxconnect: 'many' is not a whole number");
    shell.refused(INVALID, "echo 0 >> $DIR/maxconnect");
    server.awaitErr("proc_mount: maxconnect: '0' is out of bounds");
    shell.refused(INVALID, "printf '1\\t2' > $DIR/maxconnect");
    server.awaitErr("proc_mount: maxconnect: the value holds a control character");
    shell.refused(INVALID, "printf '\\377' > $DIR/maxconnect");
    shell.refused(INVALID, "echo /nonexistent/root > $DIR/documentroot");
    shell.refused(INVALID, "echo $TMP > $DIR/documentroot");
    server.awaitErr("proc_mount: " + files + " lies within documentroot");
    assertEquals("1000\n", shell.out("cat $DIR/maxconnect"));
  }

  /// A value that comes in pieces cannot be told from values; the second piece is refused.
  @Test
  void aValueInPiecesIsRefused() throws Exception {
    shell.refused(INVALID, "printf 77 | dd of=$DIR/timeout_connect bs=1 status=none");
    assertEquals("7\n", shell.out("cat $DIR/timeout_connect"));
    server.awaitErr("timeout_connect: one write is one value");
    shell.out("printf 77 | dd of=$DIR/timeout_connect status=none");
    assertEquals("77\n", shell.out("cat $DIR/timeout_connect"));
  }

  @Test
  void truncationAloneWritesNothing() throws Exception {
    shell.out(": > $DIR/timeout_idle; truncate -s 0 $DIR/timeout_idle; > $DIR/dynamic");
    assertEquals("60\n", shell.out("cat $DIR/timeout_idle"));
  }

  @Test
  void aValueLongerThanAPageIsReadWhole() throws Exception {
    shell.out("for i in $(seq 300); do echo host-number-$i.example.org > $DIR/hosts; done");
    String all = shell.out("cat $DIR/hosts");
    assertEquals(300, all.lines().count());
    assertTrue(all.length() > 2 * 4096 - 400, "" + all.length());
    assertEquals(all, shell.out("dd if=$DIR/hosts bs=100 status=none"));
    assertEquals(all, shell.out("cp $DIR/hosts $TMP/hosts; cat $TMP/hosts"));
    assertEquals(all, Files.readString(files.resolve("hosts")));
    shell.out("while read h; do echo -$h > $DIR/hosts; done < $TMP/hosts");
    assertEquals("", shell.out("cat $DIR/hosts"));
  }

  @Test
  void aReaderHasWhatThereWasWhenItOpened() throws Exception {
    shell.out("echo 5 > $DIR/timeout_send");
    try (InputStream in = Files.newInputStream(files.resolve("timeout_send"))) {
      shell.out("echo 6 > $DIR/timeout_send");
      assertEquals("6\n", shell.out("cat $DIR/timeout_send"));
      assertEquals("5\n", new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
      assertEquals("6\n", shell.out("cat $DIR/timeout_send"));
    }
  }

  @Test
  void twoWritersAtOnceLoseNothing() throws Exception {
    shell.out(
        "for i in $(seq 50); do echo one$i > $DIR/marker; done &",
        "for i in $(seq 50); do echo two$i > $DIR/marker; done &",
        "for i in $(seq 50); do cat $DIR/marker > /dev/null; done &",
        "wait");
    String markers = shell.out("cat $DIR/marker");
    assertEquals(101, markers.lines().distinct().count(), markers);
    shell.out(
        "grep -v htaccess $DIR/marker > $TMP/m; while read m; do echo -$m; done < $TMP/m |",
        "while read m; do echo $m > $DIR/marker; done");
    assertEquals(".htaccess\n", shell.out("cat $DIR/marker"));
  }

  @Test
  void statisticsLieInDirectoriesAndCannotBeWritten() throws Exception {
    assertEquals("0\n", shell.out("cat $DIR/stats/requests"));
    assertEquals("0\n", shell.out("cat $DIR/stats/refused.404"));
    shell.out("echo 1 > $DIR/start; ls $DIR/stats/loop0/latency; cat $DIR/stats/loop2/requests");
    shell.refused("Permission denied", "echo 1 > $DIR/stats/requests");
    assertEquals("1\n0\n", shell.out("cat $DIR/start $DIR/stop"));
    shell.out("echo 1 > $DIR/stop");
    assertEquals("0\n0\n", shell.out("cat $DIR/start $DIR/stop"));
  }

  @Test
  void theTreeLooksAsTheOriginals() throws Exception {
    String is = "stat -c '%A %s %U' ";
    assertEquals("dr-xr-xr-x 0 root\n", shell.out(is + "$DIR"));
    assertEquals("-rw-r--r-- 4096 root\n", shell.out(is + "$DIR/documentroot"));
    assertEquals("-r--r--r-- 4096 root\n", shell.out(is + "$DIR/stats/requests"));
    String names = shell.out("ls $DIR");
    for (String name : java.util.List.of("documentroot", "start", "stop", "unload", "stats")) {
      assertTrue(names.contains(name + "\n"), names);
    }
  }

  @Test
  void othersReadAndDoNotWrite() throws Exception {
    String nobody = "setpriv --reuid=65534 --clear-groups bash -c ";
    assertEquals("3\n0\n", shell.out(nobody + "'cat $DIR/threads $DIR/stats/requests'"));
    shell.refused("Permission denied", nobody + "'echo 4 > $DIR/threads'");
    assertEquals("3\n", shell.out("cat $DIR/threads"));
  }

  @Test
  void nothingElseCanBeDoneToTheFiles() throws Exception {
    shell.refused("No such file", "echo 1 > $DIR/nonsense");
    shell.refused("No such file", "cat $DIR/vhost.a.org $DIR/threads.x");
    for (String line :
        new String[] {
          "rm -f $DIR/threads", "mkdir $DIR/x", "chmod 666 $DIR/stop", "touch $DIR/stop"
        }) {
      shell.refused("Operation not permitted", line);
    }
  }

  @Test
  void aVirtualHostIsMadeByAWriteToItsFile() throws Exception {
    shell.out("echo $TMP/www > $DIR/vhost.a.org.documentroot");
    assertEquals(
        "a.org\n" + directory + "/www\n",
        shell.out("cat $DIR/vhost $DIR/vhost.a.org.documentroot"));
    assertTrue(shell.out("ls $DIR").contains("vhost.a.org.documentroot\n"));
    shell.out("echo -a.org > $DIR/vhost");
    assertFalse(shell.out("ls $DIR").contains("vhost.a.org"));
  }
}
