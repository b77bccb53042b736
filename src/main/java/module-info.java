/// kHTTPd: serves what is plainly static by the shortest path through Linux, and passes everything
/// else on, unchanged.
module net.khttpd {
  requires info.picocli;
  requires io.prometheus.metrics.model;
  requires io.prometheus.writer.text;
  requires jdk.httpserver;
  requires jdk.unsupported; // sun.misc.Signal
  requires org.jline.terminal;
  requires static com.aayushatharva.brotli4j; // there for the command precompress only
  requires static com.github.luben.zstd_jni; // likewise
  requires static org.cryptomator.jfuse.api; // used where the settings are shown as files
  requires static org.jspecify;

  opens net.khttpd.control to
      info.picocli;
}
