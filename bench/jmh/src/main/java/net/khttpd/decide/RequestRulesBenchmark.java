package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.http.RequestPath;
import net.khttpd.kernel.Memory;
import net.khttpd.settings.Settings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/// What the first judgement costs: decode the path, ask every rule that needs the head alone.
/// In the package of the rules, which are nobody else's business.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestRulesBenchmark {
  private static final int TARGET_MAX = 8192;

  /// Plainly static, at the root and deep; with escapes; and two that are passed on.
  @Param({
    "/1k.html",
    "/assets/2026/images/gallery/summer-5f3c9a1e.webp",
    "/caf%C3%A9/a%20b.html",
    "/search?q=ring",
    "/app/index.php"
  })
  public String target;

  private final Policy policy = Policy.of(Settings.defaults());
  private final RequestParser parser = new RequestParser(16384, TARGET_MAX, 100);
  private final MemorySegment space = Memory.allocate(RequestPath.spaceFor(TARGET_MAX));
  private final RequestPath path = new RequestPath(space, TARGET_MAX, 42);
  private MemorySegment octets;
  private RequestHead head;

  @Setup
  public void parse() {
    byte[] request = ("GET " + target + " HTTP/1.1\r\nHost: www.example.org\r\n\r\n").getBytes(US_ASCII);
    octets = Memory.allocate(request.length);
    octets.copyFrom(MemorySegment.ofArray(request));
    if (parser.parse(octets, 0, request.length) != request.length) {
      throw new IllegalStateException("not parsed: " + target);
    }
    head = parser.head();
  }

  @TearDown
  public void free() {
    Memory.free(octets);
    Memory.free(space);
  }

  @Benchmark
  public void judge(Blackhole sink) {
    path.decode(head.bytes(), head.base() + head.pathStart(), head.pathEnd() - head.pathStart());
    sink.consume(RequestRules.judge(head, path, policy));
  }
}
