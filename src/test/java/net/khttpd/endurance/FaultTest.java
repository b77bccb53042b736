package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A backend fails in every way while static files are asked for without a pause: those are right
/// and fast all the time, every client of the backend gets an answer or a clean end within its
/// deadline, and nothing is left behind.
final class FaultTest {
  private static final int ROUNDS = Length.of(1, 40);
  private static final int CLIENTS = 4;
  private static final long DOWNLOAD = Length.of(256, 10 << 10) * (1L << 20);
  private static final long MAY_GROW_KIB = 64 << 10;

  /// Generous: the machine has few processors, and all clients are on it.
  private static final long P99_MILLIS = 500;

  /// Which may begin after the first file; a fault that left one would leave more, one a client.
  private static final int OF_INOTIFY = 2;

  private static final byte[] SMALL = Wire.bytes("alpha");

  @ParameterizedTest
  @EnumSource
  void whateverTheBackendDoesStaticFilesAreServedAndNobodyWaits(Engine engine) throws Exception {
    byte[] large = new byte[200_000];
    new Random(5).nextBytes(large);
    try (var site = new Site().file("a.txt", SMALL).file("large.bin", large);
        var backend = RecordingBackend.ok();
        var child = start(engine, site, backend);
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      warm(child);
      long descriptors = child.descriptors();
      long threads = child.threads();
      long resident = child.residentKib();
      var load =
          new StaticLoad(child.port(), List.of("/a.txt", "/large.bin"), List.of(SMALL, large));
      try (load) {
        for (int round = 0; round < ROUNDS; round++) {
          for (Fault fault : Fault.all()) {
            suffer(fault, backend, child.port(), clients);
          }
          recover(backend, child.port());
        }
        download(backend, child.port());
        recover(backend, child.port());
        long grown = child.residentKib() - resident;
        assertTrue(grown < MAY_GROW_KIB, () -> "memory grew by " + grown + " KiB");
        String said = load.end(P99_MILLIS);
        Length.proof(
            "%s: %d rounds of %d faults of a backend: %s; memory grew by %d KiB"
                .formatted(engine.setting(), ROUNDS, Fault.all().size(), said, grown));
      }
      child.awaitDescriptors(descriptors + OF_INOTIFY);
      assertTrue(child.threads() <= threads + 1, () -> "threads are left: " + threads);
      child.assertNoFault();
    }
  }

  private static Child start(Engine engine, Site site, RecordingBackend backend) throws Exception {
    return Child.start(
        List.of(),
        site.root(),
        "threads=1",
        "engine=" + engine.setting(),
        "timeout_backend=" + Fault.SILENCE_MILLIS / 1_000.0,
        "backend_idle=1",
        "backend=" + backend.setting());
  }

  /// Everything that is made only once is made.
  private static void warm(Child child) throws Exception {
    for (int i = 0; i < 200; i++) {
      try (var client = new RawClient(child.port())) {
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
        assertEquals(200_000, client.send(Wire.get("/large.bin")).read().body().length);
      }
    }
  }

  private static void suffer(
      Fault fault, RecordingBackend backend, int port, ExecutorService clients) throws Exception {
    backend.script(fault.script());
    List<Callable<String>> requests =
        List.of(
            () -> ask(fault, port, Wire.get("/app.cgi")),
            () -> ask(fault, port, Wire.request("POST", "/p", "Content-Length: 5") + "hello"),
            () -> ask(fault, port, chunked()),
            () -> ask(fault, port, Wire.get("/app.cgi", "Connection: close")));
    var wrong = new ArrayList<String>();
    for (Future<String> each : clients.invokeAll(requests)) {
      if (!each.get().isEmpty()) {
        wrong.add(each.get());
      }
    }
    assertEquals(CLIENTS, requests.size());
    assertEquals(List.of(), wrong, "a backend that " + fault);
    backend.forget();
  }

  private static String chunked() {
    return Wire.request("PUT", "/p", "Transfer-Encoding: chunked") + "5\r\nhello\r\n0\r\n\r\n";
  }

  /// Empty when the client was told what is right.
  private static String ask(Fault fault, int port, String request) throws Exception {
    try (var client = new RawClient(port)) {
      Answer answer = client.send(request).read();
      boolean right =
          switch (fault.outcome()) {
            case BAD_GATEWAY -> answer.status() == 502 && answer.complete();
            case GATEWAY_TIMEOUT -> answer.status() == 504 && answer.complete();
            case CUT -> answer.status() == 200 && !answer.complete();
            case WHOLE -> answer.status() == 200 && answer.complete();
          };
      return right ? "" : answer.toString();
    }
  }

  /// The backend is well again: the next request is answered. Its connection is not kept, so that
  /// what follows meets the backend as it will be.
  private static void recover(RecordingBackend backend, int port) throws Exception {
    backend.script(c -> {
      c.read();
      c.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 7\r\n\r\nbackend");
    });
    try (var client = new RawClient(port)) {
      assertEquals("backend", client.send(Wire.get("/app.cgi")).read().text());
    }
  }

  /// A large answer for a client that reads it all, beside one for a client that reads nothing.
  private static void download(RecordingBackend backend, int port) throws Exception {
    backend.script(c -> {
      c.read();
      c.send("HTTP/1.1 200 OK\r\nContent-Length: " + DOWNLOAD + "\r\n\r\n");
      byte[] piece = new byte[1 << 20];
      for (long left = DOWNLOAD; left > 0; left -= piece.length) {
        c.send(piece);
      }
    });
    try (var reads = new RawClient(port);
        var idles = new RawClient(port, 4_096)) {
      idles.send(Wire.get("/never-read.cgi"));
      reads.send(Wire.get("/download.cgi"));
      assertTrue(reads.head().startsWith("HTTP/1.1 200 "));
      assertEquals(DOWNLOAD, reads.skip(DOWNLOAD));
      assertFalse(idles.head().isEmpty());
    }
  }
}
