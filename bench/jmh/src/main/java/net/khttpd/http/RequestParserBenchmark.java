package net.khttpd.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.Memory;
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

/// What reading the head of a request costs, from the octets of one receive.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RequestParserBenchmark {
  /// The head of the benchmark's load, and that of a present-day browser.
  public enum Client {
    LOAD("GET /1k.html HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"),
    BROWSER(
        """
        GET /assets/site-5f3c9a1e.css HTTP/1.1\r
        Host: www.example.org\r
        User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r
        Accept: text/css,*/*;q=0.1\r
        Accept-Language: en-GB,en;q=0.5\r
        Accept-Encoding: gzip, deflate, br, zstd\r
        Referer: https://www.example.org/articles/2026/\r
        Connection: keep-alive\r
        Cookie: session=6f1c2d5b8a9e4f7091b3c5d7e9f1a3b5; theme=dark; consent=1\r
        Sec-Fetch-Dest: style\r
        Sec-Fetch-Mode: no-cors\r
        Sec-Fetch-Site: same-origin\r
        If-None-Match: "5f3c9a1e-2a40"\r
        Priority: u=2\r
        \r
        """);

    private final String head;

    Client(String head) {
      this.head = head;
    }
  }

  @Param public Client client;

  private final RequestParser parser = new RequestParser(16384, 8192, 100);
  private MemorySegment octets;
  private int length;

  @Setup
  public void fill() {
    byte[] head = client.head.getBytes(US_ASCII);
    length = head.length;
    octets = Memory.allocate(length);
    octets.copyFrom(MemorySegment.ofArray(head));
    if (whole() != length) {
      throw new IllegalStateException("the parser answers " + whole() + " for " + client);
    }
  }

  @TearDown
  public void free() {
    Memory.free(octets);
  }

  @Benchmark
  public int whole() {
    parser.reset();
    return parser.parse(octets, 0, length);
  }

  /// The head comes in two segments, cut in its middle.
  @Benchmark
  public int inTwoParts() {
    parser.reset();
    int first = parser.parse(octets, 0, length / 2);
    return first + parser.parse(octets, 0, length);
  }
}
