package net.khttpd.top;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Clock;
import java.time.LocalTime;
import java.util.Map;
import java.util.Optional;
import net.khttpd.settings.OperatorException;

/// The view: on a terminal it refreshes in place until `q`, elsewhere it prints a line an interval.
/// Used by one thread.
public final class Top {
  private static final long[] INTERVALS_MILLIS = {500, 1_000, 2_000, 5_000, 10_000};
  private static final long LEAST_MILLIS = 100;

  /// A resize and Ctrl-C are seen within this time.
  private static final long ATTENTION_MILLIS = 100;

  private final Source source;
  private final String name;
  private final Paint paint;
  private final Clock clock;
  private final History history = new History();
  private long intervalMillis;
  private boolean paused;

  /// @param name of the server looked at, for the first line
  /// @param intervalMillis between two looks
  public Top(
      Source source,
      String name,
      long intervalMillis,
      Map<String, String> environment,
      Charset charset,
      Clock clock) {
    this.clock = clock;
    this.source = source;
    this.name = name;
    this.intervalMillis = Math.max(LEAST_MILLIS, intervalMillis);
    this.paint = Paint.of(environment, charset);
  }

  /// Whether the program talks to a person's terminal.
  public static boolean onTerminal(Map<String, String> environment) {
    String type = environment.getOrDefault("TERM", "dumb");
    boolean terminal = Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    return terminal && !type.equals("dumb");
  }

  /// Shows the view until the person or the terminal ends it.
  ///
  /// @throws OperatorException if the server does not answer any more
  public void show() throws OperatorException, IOException {
    Sample before = sample();
    try (var screen = new Screen()) {
      Change change = new Change(before, before);
      draw(screen, change);
      while (true) {
        switch (await(screen, change)) {
          case Screen.END, 'q', 'Q' -> {
            return;
          }
          case '+', '=' -> intervalMillis = next(1);
          case '-' -> intervalMillis = next(-1);
          case ' ', 'p' -> paused = !paused;
          case Screen.NONE -> {
            if (!paused) {
              change = new Change(change.after(), sample());
              history.add(change.rate("requests"));
            }
          }
          default -> {}
        }
        draw(screen, change);
      }
    }
  }

  /// A key, or NONE once the interval is over.
  private int await(Screen screen, Change shown) throws IOException {
    long end = System.nanoTime() + intervalMillis * 1_000_000;
    while (true) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return Screen.NONE;
      }
      int key = screen.key(Math.min(left, ATTENTION_MILLIS));
      if (key != Screen.NONE) {
        return key;
      }
      if (screen.resized()) {
        draw(screen, shown);
      }
    }
  }

  private void draw(Screen screen, Change change) {
    String every = paused ? "paused" : "every " + Figures.seconds(intervalMillis);
    String time = LocalTime.now(clock).format(PlainLine.CLOCK);
    String header = "%s  %s  %s   quit q  delay + -  pause p".formatted(name, time, every);
    screen.show(Page.of(change, header, history, paint, screen.columns(), screen.rows()));
  }

  private long next(int step) {
    int nearest = 0;
    for (int i = 0; i < INTERVALS_MILLIS.length; i++) {
      if (INTERVALS_MILLIS[i] <= intervalMillis) {
        nearest = i;
      }
    }
    return INTERVALS_MILLIS[Math.clamp(nearest + step, 0, INTERVALS_MILLIS.length - 1)];
  }

  /// Prints a line an interval, with a heading now and then.
  ///
  /// @param most lines; 0 for no end
  /// @throws OperatorException if the server does not answer any more
  public void print(PrintStream out, long most) throws OperatorException {
    Sample before = sample();
    for (long i = 0; (most == 0 || i < most) && !out.checkError(); i++) {
      if (!rest()) {
        return;
      }
      Sample after = sample();
      if (i % PlainLine.HEADING_EVERY == 0) {
        out.println(PlainLine.heading());
      }
      out.println(PlainLine.of(new Change(before, after), LocalTime.now(clock)));
      out.flush();
      before = after;
    }
  }

  /// Waits for nothing but the time. False: there is no more to be printed.
  private boolean rest() {
    try {
      Thread.sleep(intervalMillis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Sample sample() throws OperatorException {
    return Sample.read(System.nanoTime(), source.lines());
  }
}
