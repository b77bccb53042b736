package net.khttpd.precompress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.khttpd.http.ContentCoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What becomes of a run of which something fails.
final class FailedVariantTest {
  private static final String TEXT = "All work and no play makes a dull file. ".repeat(100);

  @TempDir private Path root;

  private static String last(Totals totals) {
    return totals.summary(false).getLast();
  }

  /// A ZIP file's files refuse our options with an exception that nobody declares, as a codec may.
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatBreaksInAWayThatNobodyDeclaresCountsAsFailed(boolean dryRun) throws Exception {
    try (var zip = FileSystems.newFileSystem(root.resolve("a.zip"), Map.of("create", "true"))) {
      Path inside = zip.getPath("/");
      Files.writeString(inside.resolve("a.css"), TEXT);
      var options = new Options(inside, List.of(ContentCoding.values()), 256, 2, dryRun);
      Totals totals = new Precompress(options).run(Progress.NONE);
      assertTrue(totals.anyFailed());
      assertTrue(last(totals).contains(" 0 made"), last(totals));
      assertTrue(last(totals).contains(" 3 failed"), last(totals));
      String first = totals.failures().getFirst();
      assertTrue(first.contains("UnsupportedOperationException"), first);
    }
  }

  /// Somebody has put a directory under the variant's name while it was made.
  @Test
  void whatCannotGetItsNameIsNotCountedAsMade() throws Exception {
    Path original = Files.writeString(root.resolve("a.css"), TEXT);
    Files.createDirectories(root.resolve("a.css.gz/taken"));
    var modified = Files.getLastModifiedTime(original);
    var variant = new Variant(original, ContentCoding.GZIP, TEXT.length(), modified, false);
    var totals = new Totals();
    try (var temporary = new Temporary()) {
      new Making(variant, false, temporary, totals).run();
    }
    assertTrue(last(totals).contains(" 0 made"), last(totals));
    assertTrue(last(totals).contains(" 1 failed"), last(totals));
    try (var left = Files.list(root)) {
      assertEquals(
          List.of("a.css", "a.css.gz"),
          left.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }
}
