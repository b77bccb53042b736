package net.khttpd.metrics;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.client.Latency;
import net.khttpd.decide.Rule;
import net.khttpd.http.Status;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.MetricsAddress;
import net.khttpd.settings.OperatorException;
import net.khttpd.statistics.ServerFigure;
import net.khttpd.statistics.Statistics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The Prometheus endpoint: what it says, to whom, and within which bounds.
final class MetricsTest {
  private final Statistics statistics = new Statistics();
  private final ByteArrayOutputStream events = new ByteArrayOutputStream();
  private final EventLog log = new EventLog(events, InstantSource.system());
  private final Metrics metrics = new Metrics(statistics, log);
  private int port;

  @BeforeEach
  void open() throws Exception {
    port = free();
    apply(address("127.0.0.1:" + port));
  }

  @AfterEach
  void close() {
    metrics.close();
    log.close();
  }

  private void apply(MetricsAddress wanted) throws OperatorException {
    metrics.adopt(metrics.prepare(wanted));
  }

  private static MetricsAddress address(String text) throws OperatorException {
    return Draft.ofDefaults().write("metrics_address=" + text).snapshot().metricsAddress();
  }

  private static int free() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private String ask(String request) throws IOException {
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private String get(String target, String host) throws IOException {
    return ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  private static String status(String answer) {
    return answer.substring(9, 12);
  }

  @Test
  void thePageSaysWhatTheTreeSays() throws Exception {
    for (int loop = 0; loop < 2; loop++) {
      var counters = new Counters();
      int some = 1;
      for (Counter counter : Counter.values()) {
        if (counter.by() == Counter.By.NOTHING) {
          counters.add(counter, some++ * (loop + 1));
        }
      }
      counters.increment(Counter.PASSED_ON, Rule.QUERY.ordinal());
      counters.refused(Status.NOT_FOUND);
      counters.served().out(0, 3, 1_500_000);
      statistics.began(loop, counters);
    }
    Map<String, Double> page = samples(get("/metrics", "localhost"));
    for (Counter counter : Counter.values()) {
      double sum = 0;
      for (var sample : page.entrySet()) {
        sum += named(sample.getKey(), counter) ? sample.getValue() : 0;
      }
      assertEquals(statistics.value(counter, null), (long) sum, counter.label());
    }
    for (ServerFigure figure : ServerFigure.values()) {
      String total = figure.kind() == Counter.Kind.COUNTER ? "_total" : "";
      double value = page.getOrDefault("khttpd_" + figure.label() + total, -1.0);
      assertEquals(statistics.value(figure), (long) value, figure.label());
    }
    assertEquals(2, page.get("khttpd_passed_on_total{rule=\"query\"}"));
    assertEquals(0, page.get("khttpd_passed_on_total{rule=\"method\"}"));
    assertEquals(2, page.get("khttpd_refused_total{status=\"404\"}"));
    assertEquals(6, page.get("khttpd_latency_served_seconds_count"));
    assertEquals(0.009, page.get("khttpd_latency_served_seconds_sum"), 1e-9);
    assertEquals(0, page.get("khttpd_latency_served_seconds_bucket{le=\"0.001048576\"}"));
    assertEquals(6, page.get("khttpd_latency_served_seconds_bucket{le=\"0.002097152\"}"));
    assertEquals(6, page.get("khttpd_latency_served_seconds_bucket{le=\"+Inf\"}"));
    for (Latency latency : Latency.values()) {
      String name = "khttpd_" + latency.label().replace('.', '_') + "_seconds_count";
      assertEquals(statistics.times(latency, null).count(), page.get(name).longValue());
    }
  }

  private static boolean named(String sample, Counter counter) {
    String total = counter.kind() == Counter.Kind.COUNTER ? "_total" : "";
    return sample.startsWith("khttpd_" + counter.label() + total + "{");
  }

  private static Map<String, Double> samples(String answer) {
    var samples = new TreeMap<String, Double>();
    for (String line : answer.substring(answer.indexOf("\r\n\r\n") + 4).split("\n")) {
      if (!line.startsWith("#")) {
        int space = line.lastIndexOf(' ');
        samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
      }
    }
    return samples;
  }

  @Test
  void everySentenceIsTheHelpOfItsMetric() throws Exception {
    statistics.began(0, new Counters());
    String page = get("/metrics", "localhost");
    for (Counter counter : Counter.values()) {
      assertTrue(page.contains(" " + counter.sentence() + "\n"), counter.label());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/metrics, localhost, 200",
    "/metrics, LocalHost:9100, 200",
    "/metrics, 127.0.0.1, 200",
    "/metrics, 192.0.2.7:9100, 200",
    "/metrics, [::1]:9100, 200",
    "/metrics?x=y, localhost, 200",
    "/, localhost, 404",
    "/metrics/, localhost, 404",
    "/metrics, evil.example, 403",
    "/metrics, 127.0.0.1.evil.example, 403",
    "/metrics, localhost.evil.example:9100, 403",
    "/metrics, 1.2.3.4.5, 403",
    "/metrics, 999.1.1.1, 403",
    "/metrics, localhost., 403",
    "/metrics, '', 400",
  })
  void onlyTheOnePageIsAnsweredAndOnlyUnderAnAddressOrLocalhost(
      String target, String host, String status) throws Exception {
    assertEquals(status, status(get(target, host)));
  }

  @Test
  void theConfiguredNameIsAnsweredToo() {
    byte[] bytes = "GET /metrics HTTP/1.1\r\nHost: stats.example:9100\r\n\r\n".getBytes(ISO_8859_1);
    var request = new MetricsRequest(bytes, bytes.length);
    assertEquals(Status.OK, request.verdict("stats.example"));
    assertEquals(Status.FORBIDDEN, request.verdict("127.0.0.1"));
  }

  @ParameterizedTest
  @CsvSource({"POST, 405", "DELETE, 405", "TRACE, 405", "BREW, 405"})
  void onlyGetAndHeadAreAnswered(String method, String status) throws Exception {
    String answer = ask(method + " /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertEquals(status, status(answer));
    assertTrue(answer.contains("\r\nAllow: GET, HEAD\r\n"), answer);
  }

  @Test
  void headHasTheHeadOfGetAndNoBody() throws Exception {
    String head = ask("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    String get = get("/metrics", "localhost");
    assertEquals(get.substring(0, get.indexOf("\r\n\r\n") + 4), head);
  }

  @ParameterizedTest
  @CsvSource({"GET /metrics HTTP/1.1", "BAD", "GET /metrics HTTP/1.1\\nHost : localhost"})
  void whatIsNotHttpIs400(String lines) throws Exception {
    assertEquals("400", status(ask(lines.replace("\\n", "\r\n") + "\r\n\r\n")));
  }

  @Test
  void openMetricsIsSpokenToWhoAsksForIt() throws Exception {
    String answer =
        ask(
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
                + "Accept: application/openmetrics-text;version=1.0.0\r\n\r\n");
    assertTrue(answer.contains("Content-Type: application/openmetrics-text"), answer);
    assertTrue(answer.endsWith("# EOF\n"));
  }

  @Test
  void slowClientsDelayNobodyAndAreCutOff() throws Exception {
    var slow = new ArrayList<Socket>();
    for (int i = 0; i < 8; i++) {
      var socket = new Socket("127.0.0.1", port);
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write("GET /met".getBytes(ISO_8859_1));
      slow.add(socket);
    }
    assertEquals("200", status(get("/metrics", "localhost")));
    for (Socket socket : slow) {
      assertEquals(-1, socket.getInputStream().read());
      socket.close();
    }
  }

  @Test
  void aTakenAddressIsToldAndTheOldEndpointStays() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var taken = address("127.0.0.1:" + other.getLocalPort());
      var refusal = assertThrows(OperatorException.class, () -> apply(taken));
      assertTrue(refusal.sentence().startsWith("metrics_address: 127.0.0.1:"), refusal.sentence());
    }
    assertEquals("200", status(get("/metrics", "localhost")));
  }

  @Test
  void aNameWithoutAnAddressIsTold() throws Exception {
    var unknown = address("metrics.invalid:9100");
    var refusal = assertThrows(OperatorException.class, () -> apply(unknown));
    assertEquals(
        "metrics_address: metrics.invalid names a host that has no address", refusal.sentence());
  }

  @Test
  void itMovesAndCloses() throws Exception {
    int before = port;
    port = free();
    apply(address("127.0.0.1:" + port));
    assertEquals("200", status(get("/metrics", "localhost")));
    assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", before).close());
    apply(MetricsAddress.NONE);
    assertThrows(ConnectException.class, () -> new Socket("127.0.0.1", port).close());
    log.close();
    assertEquals(
        List.of("metrics: http://127.0.0.1:" + before, "metrics: http://127.0.0.1:" + port),
        events.toString().lines().map(MetricsTest::addressTold).toList());
  }

  private static String addressTold(String line) {
    return line.substring(line.indexOf("metrics: "), line.indexOf("/metrics"));
  }

  @Test
  void withoutTheSettingThereIsNone() throws Exception {
    assertTrue(address("").none());
    assertFalse(address("[::1]:0").none());
    assertEquals("[::1]:0", address("[::1]:0").text());
  }
}
