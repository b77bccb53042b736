package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Commands that tell something and end: help, version, explain.
final class ManualTest {
  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "--help,explain",
    "run --help,--conf",
    "demo --help,Ctrl-C",
    "explain --help,URL-PATH",
    "--version,khttpd 0"
  })
  void helpAndVersionGoToStdout(String line, String contained) throws Exception {
    var ended = Khttpd.ended(line.split(" "));
    assertEquals(0, ended.exit(), ended::toString);
    assertTrue(ended.out().contains(contained), ended::out);
    assertEquals("", ended.err());
  }

  @ParameterizedTest
  @CsvSource({
    "/page.html,served ",
    "/page.html?a=1,passed on: ",
    "/absent.html,passed on: ",
    "/.git/config,passed on: ",
    "/cgi-bin/x,passed on: ",
    "/%00,refused: "
  })
  void explainEndsWithTheVerdict(String target, String verdict) throws Exception {
    Path page = Files.writeString(root.resolve("page.html"), "page");
    Scripts.mode(page, "rw-r--r--");
    var ended =
        Khttpd.ended("explain", "-w", "documentroot=" + root, "-w", "clientport=81", target);
    assertEquals(0, ended.exit(), ended::toString);
    String last = ended.out().lines().toList().getLast();
    assertTrue(last.startsWith(verdict), ended::out);
  }

  @Test
  void explainSaysThatADirectoryLacksItsIndex() throws Exception {
    Files.createDirectory(root.resolve("sub"));
    var ended =
        Khttpd.ended("explain", "-w", "documentroot=" + root, "-w", "index=home.html", "/sub/");
    assertEquals(0, ended.exit(), ended::toString);
    assertTrue(ended.out().contains(" 13  directory      objects"), ended.out());
    String last = ended.out().lines().toList().getLast();
    assertTrue(last.startsWith("passed on: directory (rule 13 "), last);
  }

  @Test
  void explainAloneRefuses() throws Exception {
    var ended =
        Khttpd.ended("explain", "-w", "documentroot=" + root, "-w", "clientport=0", "/absent");
    assertEquals(0, ended.exit());
    assertTrue(ended.out().lines().toList().getLast().contains("404"), ended::out);
  }
}
