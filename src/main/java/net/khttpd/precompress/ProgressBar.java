package net.khttpd.precompress;

import java.io.PrintStream;

/// The progress on a terminal, in one line that is written over and removed in the end. It counts
/// bytes, for the time goes into the large files.
public final class ProgressBar implements Progress {
  private static final int CELLS = 30;
  private static final int COLUMNS = 79;

  private final PrintStream terminal;
  private boolean shown;

  public ProgressBar(PrintStream terminal) {
    this.terminal = terminal;
  }

  @Override
  public void told(Totals totals) {
    long all = totals.wantedBytes();
    if (all == 0) {
      return;
    }
    double done = (double) totals.doneBytes() / all;
    int filled = (int) (CELLS * done);
    String line =
        "[%s%s] %3d %%  %d of %d variants, %s of %s"
            .formatted(
                "#".repeat(filled),
                "-".repeat(CELLS - filled),
                (int) (100 * done),
                totals.doneVariants(),
                totals.wantedVariants(),
                Totals.size(totals.doneBytes()),
                Totals.size(all));
    terminal.print("\r" + line + " ".repeat(Math.max(0, COLUMNS - line.length())));
    terminal.flush();
    shown = true;
  }

  @Override
  public void over() {
    if (shown) {
      terminal.print("\r" + " ".repeat(COLUMNS) + "\r");
      terminal.flush();
    }
  }
}
