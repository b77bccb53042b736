package net.khttpd.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.http.ContentCoding;
import net.khttpd.precompress.Options;
import net.khttpd.precompress.Precompress;
import net.khttpd.precompress.Progress;
import net.khttpd.precompress.ProgressBar;
import net.khttpd.precompress.Totals;
import net.khttpd.settings.OperatorException;
import net.khttpd.top.Top;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `khttpd precompress`: makes the variants that the server sends in the place of their originals.
@Command(
    name = "precompress",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Make compressed variants of a tree of files.",
    descriptionHeading = "%n",
    description = {
      "Writes FILE.br, FILE.zst and FILE.gz beside each FILE below ROOT that is worth",
      "it: a regular file of a compressible media type that shrinks by a tenth or more.",
      "The server sends them to clients that accept them (setting precompressed).",
      "Hidden files, links, sources and secrets (the default of the setting active)",
      "and what is compressed already are left alone.",
      "",
      "A variant has the time, mode and, as root, the owner of its original. One that",
      "is up to date is kept, an outdated one made anew, one without an original",
      "reported. Each appears whole under its name or not at all, so it may run while",
      "the server serves, after each deployment, and again after it was killed.",
      "",
      "On a terminal a bar shows the progress. The summary goes to stdout, what failed",
      "to stderr. The exit code is 0; 1 if something failed, the rest being done; 2",
      "for a mistake on the command line."
    },
    parameterListHeading = "%nParameters:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  khttpd precompress /srv/www",
      "  khttpd precompress --codings br,gzip --min-bytes 1000 --dry-run /srv/www"
    })
final class PrecompressCommand implements Callable<Integer> {
  private static final int MOST_JOBS = 256;

  @Option(
      names = "--codings",
      paramLabel = "CODING",
      split = ",",
      description = "Those to make, br, zstd, gzip, with commas between (default: all).")
  List<String> codings = new ArrayList<>();

  @Option(
      names = "--min-bytes",
      paramLabel = "BYTES",
      description = "Leave smaller files alone (default: ${DEFAULT-VALUE}).")
  long minBytes = 256;

  @Option(
      names = "--jobs",
      paramLabel = "COUNT",
      description = "Make so many at a time (default: one for each CPU).")
  int jobs = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--dry-run",
      description = "Compress and tell what would be made, but write nothing.")
  boolean dryRun;

  @Parameters(paramLabel = "ROOT", description = "The directory, as in documentroot.")
  @SuppressWarnings("NullAway.Init") // set by picocli before call()
  private Path root;

  @Override
  public Integer call() throws OperatorException, IOException, InterruptedException {
    if (minBytes < 0) {
      throw new OperatorException("--min-bytes: " + minBytes + " is less than 0");
    }
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new OperatorException("--jobs: " + jobs + " is not within 1 and " + MOST_JOBS);
    }
    var options = new Options(directory(), wanted(), minBytes, jobs, dryRun);
    Progress progress =
        Top.onTerminal(System.getenv()) ? new ProgressBar(System.out) : Progress.NONE;
    Totals totals = new Precompress(options).run(progress);
    totals.summary(dryRun).forEach(System.out::println);
    totals.orphans().forEach(line -> System.out.println("orphan: " + line));
    totals.failures().forEach(line -> System.err.println("khttpd: " + line));
    return totals.anyFailed() ? 1 : 0;
  }

  private Path directory() throws OperatorException {
    if (!Files.exists(root)) {
      throw new OperatorException("precompress: " + root + " does not exist");
    }
    if (!Files.isDirectory(root)) {
      throw new OperatorException("precompress: " + root + " is not a directory");
    }
    try {
      return root.toRealPath();
    } catch (IOException e) {
      throw new OperatorException("precompress: " + root + " cannot be read", e);
    }
  }

  private List<ContentCoding> wanted() throws OperatorException {
    var wanted = new ArrayList<ContentCoding>();
    for (String word : codings) {
      ContentCoding coding = named(word.strip());
      if (!wanted.contains(coding)) {
        wanted.add(coding);
      }
    }
    return wanted.isEmpty() ? List.of(ContentCoding.values()) : wanted;
  }

  private static ContentCoding named(String word) throws OperatorException {
    for (ContentCoding coding : ContentCoding.values()) {
      if (coding.token().equals(word)) {
        return coding;
      }
    }
    throw new OperatorException("--codings: '" + word + "' is not br, zstd or gzip");
  }
}
