package net.khttpd.precompress;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import net.khttpd.settings.OperatorException;

/// One run over a tree: look at all of it, then make what is missing or outdated, several at a
/// time. Used by one thread.
///
/// Whatever stops it, there is never half a variant under its name: each is written beside it under
/// a hidden name and renamed when it is whole.
public final class Precompress {
  /// How often the progress is told.
  private static final long TOLD_MILLIS = 100;

  private final Options options;
  private final Totals totals = new Totals();

  public Precompress(Options options) {
    this.options = options;
  }

  /// Runs; what failed is in the totals, and everything else was done all the same.
  ///
  /// @throws OperatorException if a coding cannot be made here
  /// @throws IOException if the root cannot be read
  public Totals run(Progress progress) throws OperatorException, IOException, InterruptedException {
    for (var coding : options.codings()) {
      Compression.require(coding);
    }
    List<Variant> wanted = new Tree(options, totals).wanted();
    totals.wanted(wanted);
    var temporary = new Temporary();
    try (ExecutorService workers = Executors.newFixedThreadPool(options.jobs())) {
      for (Variant variant : wanted) {
        workers.execute(new Making(variant, options.dryRun(), temporary, totals));
      }
      workers.shutdown();
      while (!workers.awaitTermination(TOLD_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.told(totals);
      }
      progress.told(totals);
    } finally {
      progress.over();
      temporary.close();
    }
    return totals;
  }
}
