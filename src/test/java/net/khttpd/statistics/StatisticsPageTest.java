package net.khttpd.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.khttpd.client.Counter;
import net.khttpd.client.Latency;
import org.junit.jupiter.api.Test;

/// docs/statistics.md is what the declarations say of themselves.
final class StatisticsPageTest {
  private static final Path PAGE = Path.of("docs/statistics.md");

  private static final String INTRODUCTION =
      """
      # Statistics

      This page is written from `net.khttpd.client.Counter`, `Latency` and `net.khttpd.statistics` by
      `mvn -q test -Dtest=StatisticsPageTest -Dkhttpd.docs.write=true`; without the last word the test
      compares the two.

          ./khttpd sysctl net.khttpd.stats                  all of it
          ./khttpd sysctl -n net.khttpd.stats.requests      the sum over all loops
          ./khttpd sysctl net.khttpd.stats.loop0            one loop's
          ./khttpd top                                      as a view that refreshes

      With `metrics_address=127.0.0.1:9100` Prometheus fetches the same from
      `http://127.0.0.1:9100/metrics`, with `khttpd_` before each name, `_total` behind counters, and
      labels for loop, rule, status and backend. That endpoint has threads of its own; it answers GET
      and HEAD, and only where Host is an address, `localhost` or the host that the setting names, so
      that no web page can read it by rebinding its own name (others get 403).

      **Exact.** Each loop counts by itself with plain adds; reading looks at the numbers as they are and
      holds nobody up. A value may be one turn of a loop old, never torn. When nothing is under way the
      figures agree with what the clients saw, to the last request and byte. Counters live as long as
      the server: over stop and start, and over changes of `threads` and `engine`, they never go
      backwards; what an ended loop has counted stays under its number and in the sum.

      ## Counted by each loop

      `stats.NAME` is the sum, `stats.loop0.NAME` that of a loop. Parts that are 0 are not listed, but
      answer when they are asked for by name.

      | name | kind | what |
      |---|---|---|
      """;

  private static final String LATENCIES =
      """

      *requests* is *served* and *passed_on* and those of *refused* that answer a whole or malformed head
      themselves; a request that a backend leaves unanswered counts as passed on and as refused.

      ## How long requests take

      Also of each loop and in sum. A loop reads its clock once a turn, so a time is exact to one turn:
      what came and was answered within a turn took until the turn's end; what the kernel finished later
      took until the turn that heard of it. What a request waited in the kernel before the loop woke up
      for it is not in it. Values are kept in buckets that grow with them, and are at most 3.2 % off.

      | name | measured |
      |---|---|
      """;

  private static final String FIGURES =
      """

      Of each, below its name:

      | name | what |
      |---|---|
      """;

  private static final String SERVER =
      """

      ## Counted once

      | name | kind | what |
      |---|---|---|
      """;

  private static final String BACKENDS =
      """

      ## Each backend

      In the order of the settings, as `stats.backend0.NAME`; `stats.backend0.name` is its address. All
      are gauges.

      | name | what |
      |---|---|
      """;

  @Test
  void thePageIsWhatTheDeclarationsSay() throws IOException {
    if (Boolean.getBoolean("khttpd.docs.write")) {
      Files.writeString(PAGE, page());
    }
    assertEquals(
        page(),
        Files.readString(PAGE),
        "write it anew: mvn -q test -Dtest=StatisticsPageTest -Dkhttpd.docs.write=true");
  }

  private static String page() {
    var text = new StringBuilder(INTRODUCTION);
    for (Counter counter : Counter.values()) {
      row(text, counter.label() + parts(counter), counter.kind().word(), counter.sentence());
    }
    text.append(LATENCIES);
    for (Latency latency : Latency.values()) {
      row(text, latency.label(), latency.sentence());
    }
    text.append(FIGURES);
    for (LatencyFigure figure : LatencyFigure.values()) {
      row(text, figure.label(), figure.sentence());
    }
    text.append(SERVER);
    for (ServerFigure figure : ServerFigure.values()) {
      row(text, figure.label(), figure.kind().word(), figure.sentence());
    }
    text.append(BACKENDS);
    for (BackendFigure figure : BackendFigure.values()) {
      row(text, figure.label(), figure.sentence());
    }
    return text.toString();
  }

  private static String parts(Counter counter) {
    return switch (counter.by()) {
      case NOTHING -> "";
      case RULE -> "`, `" + counter.label() + ".RULE";
      case STATUS -> "`, `" + counter.label() + ".STATUS";
    };
  }

  private static void row(StringBuilder text, String name, String... cells) {
    text.append("| `").append(name).append("` | ").append(String.join(" | ", cells)).append(" |\n");
  }
}
