package net.khttpd.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `./khttpd precompress` as its user sees it.
final class PrecompressCommandTest {
  private static final String TEXT = "All work and no play makes a dull file. ".repeat(100);
  private static final int NOBODY = 65534;
  private static final long DEADLINE_NANOS = 30_000_000_000L;

  @TempDir private Path directory;
  private Path root;

  @BeforeEach
  void files() throws Exception {
    root = Files.createDirectory(directory.resolve("site"));
    open(directory);
    open(root);
    Files.writeString(root.resolve("a.css"), TEXT);
    Files.writeString(Files.createDirectory(root.resolve("sub")).resolve("b.js"), TEXT);
  }

  private static void open(Path directory) throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void inAPipeItSaysWhatItDidAndTheSecondTimeThatNothingWasToBeDone() throws Exception {
    var first = Khttpd.ended("precompress", "" + root);
    assertEquals(0, first.exit(), first::err);
    assertEquals("", first.err());
    List<String> lines = first.out().lines().toList();
    assertEquals(4, lines.size(), first.out());
    assertTrue(lines.getFirst().matches("br +2 made, 8000 B -> \\d+ B \\(\\d+ % less\\)"));
    assertTrue(lines.getLast().startsWith("2 files; variants: 6 made, 0 up to date"), first.out());
    assertFalse(first.out().contains("\r"), first.out());
    var second = Khttpd.ended("precompress", "" + root);
    assertTrue(second.out().contains("0 made, 6 up to date"), second.out());
  }

  @Test
  void onATerminalABarShowsHowFarItIs() throws Exception {
    try (var terminal = new Terminal(directory, "precompress " + root)) {
      String shown = terminal.untilEnd();
      assertTrue(shown.matches("(?s).*\r\\[#* *-*\\] +\\d+ %  \\d of 6 variants, .*"), shown);
      assertTrue(shown.contains("2 files; variants: 6 made"), shown);
      assertFalse(shown.contains("WARNING"), shown);
    }
  }

  @ParameterizedTest
  @CsvSource({"--codings lzma, --codings: 'lzma'", "--jobs 0, --jobs: 0", "--frob 1, --frob"})
  void aWrongOptionIsNamed(String option, String named) throws Exception {
    var ended = Khttpd.ended(("precompress " + option + " " + root).split(" "));
    assertEquals(2, ended.exit());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().startsWith("khttpd: ") && ended.err().contains(named), ended.err());
    assertEquals("", ended.out());
  }

  @Test
  void aRootThatIsNoDirectoryIsNamed() throws Exception {
    for (Path wrong : List.of(root.resolve("absent"), root.resolve("a.css"))) {
      var ended = Khttpd.ended("precompress", "" + wrong);
      assertEquals(2, ended.exit());
      assertTrue(ended.err().startsWith("khttpd: precompress: " + wrong), ended.err());
    }
  }

  /// What may not be written fails with a sentence, the rest is done, and the exit code tells.
  @Test
  void anUnwritableDirectoryFailsAlone() throws Exception {
    boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    Assumptions.assumeTrue(isRoot, "not root, who alone can run a program as another user");
    Files.setAttribute(root, "unix:uid", NOBODY);
    List<String> nobody =
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    var ended = Khttpd.endedBy(nobody, "precompress", "" + root);
    assertEquals(1, ended.exit(), ended::err);
    List<String> sentences = ended.err().lines().toList();
    assertEquals(3, sentences.size(), ended.err());
    for (String sentence : sentences) {
      assertTrue(sentence.startsWith("khttpd: " + root + "/sub/b.js."), sentence);
      assertTrue(sentence.endsWith(": permission denied"), sentence);
    }
    assertTrue(ended.out().contains("3 made, 0 up to date, 0 not worth it, 0 orphaned, 3 failed"));
    assertTrue(Files.exists(root.resolve("a.css.br")));
  }

  /// SIGKILL in the middle: nothing has its name that is not whole, and the next run removes the
  /// rest.
  @Test
  void aKilledRunLeavesNothingUnderItsName() throws Exception {
    var large = new StringBuilder();
    for (int i = 0; large.length() < 30 << 20; i++) {
      large.append(Integer.toString(i * 0x9E3779B9, 36)).append('\n');
    }
    Files.writeString(root.resolve("large.txt"), large);
    String[] line = {"precompress", "--jobs", "1", "--codings", "br", "" + root};
    try (Khttpd run = Khttpd.command(List.of(line))) {
      awaitHidden();
      run.signal("KILL");
      run.exit(Duration.ofSeconds(10));
    }
    assertFalse(Files.exists(root.resolve("large.txt.br")));
    assertEquals(1, hidden());
    Files.delete(root.resolve("large.txt"));
    var next = Khttpd.ended(line);
    assertEquals(0, next.exit(), next::err);
    assertTrue(next.out().contains("1 left by a run that died removed"), next.out());
    assertEquals(0, hidden());
  }

  private long hidden() throws Exception {
    try (Stream<Path> files = Files.list(root)) {
      return files.filter(f -> f.getFileName().toString().startsWith(".large.txt.br.")).count();
    }
  }

  private void awaitHidden() throws Exception {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (hidden() == 0) {
      assertTrue(System.nanoTime() < end, "it does not begin");
      Thread.onSpinWait();
    }
  }
}
