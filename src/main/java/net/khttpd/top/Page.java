package net.khttpd.top;

import java.util.ArrayList;
import java.util.List;
import net.khttpd.top.Change.Part;
import net.khttpd.top.Paint.Style;

/// The view of one change as lines, laid out for a size: what matters most comes first, and what
/// finds no room is left out. Pure.
final class Page {
  private static final int LEAST_COLUMNS = 40;
  private static final int MOST_COLUMNS = 120;
  private static final int LABEL = 13;
  private static final int NUMBER = 9;

  /// Rows of loops that there is room for if there are so many.
  private static final int LOOPS = 2;

  /// Rows of rules and statuses at most.
  private static final int MOST_PARTS = 8;

  private final Change change;
  private final Paint paint;
  private final int width;
  private final List<String> lines = new ArrayList<>();

  private Page(Change change, Paint paint, int columns) {
    this.change = change;
    this.paint = paint;
    this.width = Math.clamp(columns, LEAST_COLUMNS, MOST_COLUMNS);
  }

  /// At most `rows` lines of at most `columns`.
  ///
  /// @param header what is looked at, for the first line
  /// @param history requests per second until now
  static List<String> of(
      Change change, String header, History history, Paint paint, int columns, int rows) {
    var page = new Page(change, paint, columns);
    page.overview(header, history);
    page.latencies();
    page.resources();
    int loops = change.loops().isEmpty() ? 0 : Math.min(change.loops().size(), LOOPS) + 2;
    page.parts(Math.min(MOST_PARTS, rows - page.lines.size() - loops - 2));
    page.backends(rows - loops);
    page.loops(rows);
    return page.lines.subList(0, Math.clamp(page.lines.size(), 0, Math.max(1, rows)));
  }

  private void overview(String header, History history) {
    double all = change.rate("requests");
    add(line().put(Style.STRONG, "khttpd ").put(Style.FAINT, header));
    Line first = line().right(Style.STRONG, Figures.count(all), LABEL + NUMBER - 4);
    first.put(Style.FAINT, " requests/s  ");
    add(first.put(Style.SERVED, history.text(paint, width - LABEL - NUMBER - 10)));
    add(line());
    way("served", Style.SERVED, all);
    way("passed_on", Style.PASSED_ON, all);
    way("refused", Style.REFUSED, all);
  }

  private void way(String name, Style style, double all) {
    double rate = change.rate(name);
    double share = all > 0 ? Math.min(1, rate / all) : rate > 0 ? 1 : 0;
    int bar = width - LABEL - NUMBER - 14;
    Line line = line().left(Style.NORMAL, " " + name.replace('_', ' '), LABEL);
    line.right(Style.STRONG, Figures.count(rate), NUMBER).put(Style.FAINT, "/s  ");
    add(line.bar(style, share, bar).right(Style.NORMAL, Figures.share(share), 9));
  }

  private void latencies() {
    add(line());
    Line heading = line().left(Style.HEADING, " latency", LABEL);
    for (String share : List.of("p50", "p90", "p99", "p99.9")) {
      heading.right(Style.FAINT, share, NUMBER + 1);
    }
    add(heading);
    times("served", Style.SERVED);
    times("passed_on", Style.PASSED_ON);
  }

  private void times(String way, Style style) {
    Line line = line().left(style, " " + way.replace('_', ' '), LABEL);
    for (double share : new double[] {0.5, 0.9, 0.99, 0.999}) {
      String time = Figures.time(change.percentileNanos("latency." + way, share));
      line.right(Style.STRONG, time, NUMBER + 1);
    }
    add(line);
  }

  private void resources() {
    add(line());
    resource("connections")
        .figure(Figures.count(change.now("connections_now")), "open")
        .figure(Figures.count(change.rate("connections")), "new/s")
        .figure(Figures.count(change.rate("refused_connections")), "turned away/s")
        .end();
    resource("cache")
        .figure(change.lookUps() == 0 ? "-" : Figures.share(change.hitShare()), "hits")
        .figure(Figures.count(change.now("cache_files")), "files")
        .figure(Figures.bytes((double) change.now("cache_bytes")), "in memory")
        .end();
    resource("traffic")
        .figure(Figures.bytes(change.rate("bytes_in")), "in/s")
        .figure(Figures.bytes(change.rate("bytes_out")), "out/s")
        .end();
    resource("engine")
        .figure(calls(""), "calls/req")
        .figure(Figures.count(change.rate("resets")), "resets/s")
        .figure(Figures.count(change.rate("timeouts")), "timeouts/s")
        .end();
  }

  private String calls(String loop) {
    double calls = change.ratio(loop + "engine_calls", loop + "requests");
    return calls == 0 ? "-" : "%.2f".formatted(calls);
  }

  /// A line of figures, each followed by its word, in columns.
  private final class Resource {
    private final Line line;
    private int column = LABEL;

    Resource(Line line) {
      this.line = line;
    }

    Resource figure(String figure, String word) {
      line.to(column).right(Style.STRONG, figure, NUMBER).put(Style.FAINT, " " + word);
      column += NUMBER + 13;
      return this;
    }

    void end() {
      add(line);
    }
  }

  private Resource resource(String name) {
    return new Resource(line().left(Style.NORMAL, " " + name, LABEL));
  }

  /// Rules and statuses side by side.
  private void parts(int rows) {
    List<Part> rules = change.parts("passed_on");
    List<Part> statuses = change.parts("refused");
    int needed = Math.min(rows, Math.max(rules.size(), statuses.size()));
    if (needed <= 0) {
      return;
    }
    add(line());
    Line heading = line().left(Style.HEADING, " passed on by rule", width / 2);
    add(heading.put(Style.HEADING, "refused by status"));
    for (int i = 0; i < needed; i++) {
      Line line = line();
      part(line, rules, i, Style.PASSED_ON, 1, width / 2 - 2);
      part(line, statuses, i, Style.REFUSED, width / 2, width - 1);
      add(line);
    }
  }

  private static void part(Line line, List<Part> parts, int i, Style style, int from, int to) {
    if (i < parts.size()) {
      Part part = parts.get(i);
      line.to(from).left(Style.NORMAL, part.label(), LABEL + 1);
      line.right(Style.STRONG, Figures.count(part.rate()), NUMBER - 2).put(Style.FAINT, "/s ");
      int bar = to - from - LABEL - NUMBER - 2;
      line.bar(style, part.rate() / parts.getFirst().rate(), bar);
    }
  }

  private void backends(int rows) {
    List<Integer> backends = change.backends();
    if (backends.isEmpty() || lines.size() + 3 > rows) {
      return;
    }
    add(line());
    Line heading = line().left(Style.HEADING, " backends", LABEL);
    long queue = change.now("backend_queue");
    add(heading.put(queue > 0 ? Style.REFUSED : Style.FAINT, "  " + queue + " waiting"));
    for (int i = 0; i < Math.min(backends.size(), rows - lines.size()); i++) {
      String before = "backend" + backends.get(i) + ".";
      boolean up = change.now(before + "up") == 1;
      Line line = line().left(Style.NORMAL, " " + change.text(before + "name"), width / 2 - 8);
      String state = change.text(before + "state");
      line.left(up ? Style.PASSED_ON : Style.REFUSED, state, 11);
      line.right(Style.STRONG, Figures.count(change.now(before + "connections")), 6);
      line.put(Style.FAINT, " connections");
      line.right(Style.STRONG, Figures.count(change.now(before + "idle")), 6);
      add(line.put(Style.FAINT, " idle"));
    }
  }

  private void loops(int rows) {
    List<Integer> loops = change.loops();
    if (loops.isEmpty() || lines.size() + 3 > rows) {
      return;
    }
    add(line());
    add(line().put(Style.HEADING, " loops"));
    double most = 0;
    for (int loop : loops) {
      most = Math.max(most, change.rate("loop" + loop + ".requests"));
    }
    int room = rows - lines.size();
    boolean all = loops.size() <= room;
    for (int loop : loops.subList(0, all ? loops.size() : room - 1)) {
      loop(loop, most);
    }
    if (!all) {
      add(line().put(Style.FAINT, " and %d more".formatted(loops.size() - room + 1)));
    }
  }

  private void loop(int loop, double most) {
    String before = "loop" + loop + ".";
    double rate = change.rate(before + "requests");
    Line line = line().right(Style.NORMAL, Integer.toString(loop), 4).to(LABEL);
    line.right(Style.STRONG, Figures.count(rate), NUMBER).put(Style.FAINT, "/s  ");
    line.bar(Style.SERVED, most > 0 ? rate / most : 0, width - 62);
    line.right(Style.STRONG, Figures.count(change.now(before + "connections_now")), NUMBER);
    line.put(Style.FAINT, " open");
    line.right(Style.STRONG, calls(before), NUMBER).put(Style.FAINT, " calls/req");
    add(line);
  }

  private Line line() {
    return new Line(paint, width);
  }

  private void add(Line line) {
    lines.add(line.toString());
  }
}
