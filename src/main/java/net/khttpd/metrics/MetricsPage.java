package net.khttpd.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.khttpd.client.Counter;
import net.khttpd.client.Counter.Kind;
import net.khttpd.client.Latency;
import net.khttpd.passon.BackendState;
import net.khttpd.statistics.BackendFigure;
import net.khttpd.statistics.Distribution;
import net.khttpd.statistics.Parts;
import net.khttpd.statistics.ServerFigure;
import net.khttpd.statistics.Statistics;

/// The statistics in Prometheus' words: `khttpd_` and the name, with labels for loop, rule, status
/// and backend. Made anew for each request.
///
/// @param contentType of [#text]
/// @param text of the page
record MetricsPage(String contentType, byte[] text) {
  private static final ExpositionFormats FORMATS = ExpositionFormats.init();
  private static final String PREFIX = "khttpd_";

  /// The bounds of the histogram, in nanoseconds: each doubling from a microsecond to a minute. The
  /// tree knows the finer ones.
  private static final int LEAST = 10;

  private static final int MOST = 36;

  /// The page in the format that the request's Accept asks for, else Prometheus' text.
  static MetricsPage of(Statistics statistics, String accept) throws IOException {
    ExpositionFormatWriter writer = FORMATS.findWriter(accept);
    var text = new ByteArrayOutputStream(16 * 1024);
    writer.write(text, snapshots(statistics));
    return new MetricsPage(writer.getContentType(), text.toByteArray());
  }

  private static MetricSnapshots snapshots(Statistics statistics) {
    var all = MetricSnapshots.builder();
    for (Counter counter : Counter.values()) {
      add(all, counter.kind(), counter.label(), counter.sentence(), values(statistics, counter));
    }
    for (ServerFigure figure : ServerFigure.values()) {
      Map<Labels, Long> values = Map.of(Labels.EMPTY, statistics.value(figure));
      add(all, figure.kind(), figure.label(), figure.sentence(), values);
    }
    List<BackendState> backends = statistics.backends();
    for (BackendFigure figure : BackendFigure.values()) {
      var values = new LinkedHashMap<Labels, Long>();
      backends.forEach(each -> values.put(Labels.of("backend", each.name()), figure.of(each)));
      add(all, Kind.GAUGE, "backend_" + figure.label(), figure.sentence(), values);
    }
    for (Latency latency : Latency.values()) {
      all.metricSnapshot(histogram(latency, statistics.times(latency, null)));
    }
    return all.build();
  }

  /// A counter of parts is told part by part over all loops, any other loop by loop.
  private static Map<Labels, Long> values(Statistics statistics, Counter counter) {
    var values = new LinkedHashMap<Labels, Long>();
    for (Parts.Part part : Parts.of(counter)) {
      values.put(
          Labels.of(counter.by().word(), part.label()),
          statistics.value(counter, part.index(), null));
    }
    if (values.isEmpty()) {
      for (Integer loop : statistics.loops()) {
        values.put(Labels.of("loop", loop.toString()), statistics.value(counter, loop));
      }
    }
    return values;
  }

  private static void add(
      MetricSnapshots.Builder all,
      Kind kind,
      String label,
      String sentence,
      Map<Labels, Long> values) {
    switch (kind) {
      case COUNTER -> {
        var counter = CounterSnapshot.builder().name(PREFIX + label).help(sentence);
        values.forEach((labels, value) ->
            counter.dataPoint(
                CounterSnapshot.CounterDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
        all.metricSnapshot(counter.build());
      }
      case GAUGE -> {
        var gauge = GaugeSnapshot.builder().name(PREFIX + label).help(sentence);
        values.forEach((labels, value) ->
            gauge.dataPoint(
                GaugeSnapshot.GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(value)
                    .build()));
        all.metricSnapshot(gauge.build());
      }
    }
  }

  private static HistogramSnapshot histogram(Latency latency, Distribution times) {
    var buckets = ClassicHistogramBuckets.builder();
    long before = 0;
    for (int exponent = LEAST; exponent <= MOST; exponent++) {
      long below = times.below(1L << exponent);
      buckets.bucket((1L << exponent) / 1e9, below - before);
      before = below;
    }
    buckets.bucket(Double.POSITIVE_INFINITY, times.count() - before);
    return HistogramSnapshot.builder()
        .name(PREFIX + latency.label().replace('.', '_') + "_seconds")
        .help(latency.sentence())
        .dataPoint(
            HistogramSnapshot.HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(buckets.build())
                .sum(times.sumNanos() / 1e9)
                .build())
        .build();
  }
}
