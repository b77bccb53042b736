package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Threads, engine, port and address of a server change under full load, and nobody notices.
final class ReshapeTest {
  private static final int[] THREADS = {2, 4, 1, 3, 8, 2, 1};
  private static final long SETTLE_SECONDS = 30;

  @ParameterizedTest
  @EnumSource
  void threadsChangeUnderLoad(Engine engine) throws Exception {
    underLoad(engine, "threads", i -> List.of("threads=" + THREADS[i % THREADS.length]));
  }

  @ParameterizedTest
  @EnumSource
  void theEngineChangesUnderLoad(Engine engine) throws Exception {
    underLoad(
        engine,
        "engine",
        i -> List.of("engine=" + Engine.values()[(engine.ordinal() + 1 + i) % 2].setting()));
  }

  @ParameterizedTest
  @EnumSource
  void thePortChangesUnderLoad(Engine engine) throws Exception {
    int[] ports = freePorts();
    underLoad(engine, "port", i -> List.of("serverport=" + ports[i % ports.length]));
  }

  @ParameterizedTest
  @EnumSource
  void theAddressChangesUnderLoad(Engine engine) throws Exception {
    underLoad(engine, "address", i -> List.of("address=" + (i % 2 == 0 ? "127.0.0.1" : "*")));
  }

  @ParameterizedTest
  @EnumSource
  void allOfThemChangeAtOnceUnderLoad(Engine engine) throws Exception {
    int[] ports = freePorts();
    underLoad(
        engine,
        "all",
        i ->
            List.of(
                "engine=" + Engine.values()[i / 2 % 2].setting(),
                "threads=" + THREADS[i % THREADS.length],
                "serverport=" + ports[i % ports.length]));
  }

  private interface Changes {
    List<String> of(int round);
  }

  private static void underLoad(Engine engine, String what, Changes changes) throws Exception {
    try (var site = new Site()) {
      var versions = new Versions(site.root());
      int[] port = new int[1];
      RecordingBackend.Script[] script = new RecordingBackend.Script[1];
      try (var backend = new RecordingBackend(c -> script[0].serve(c));
          var server =
              FrontServer.start(
                  engine,
                  site.root(),
                  List.of(
                      "address=*",
                      "threads=2",
                      "timeout_head=100",
                      "backend=" + backend.setting()))) {
        port[0] = server.port();
        Map<String, Integer> before = warm(server);
        int rounds = Length.of(20, 200);
        var load = new SteadyLoad(versions, server.port());
        script[0] = load.backend();
        load.start();
        long begun = System.nanoTime();
        for (int i = 0; i < rounds && load.wrong.isEmpty(); i++) {
          load.progress();
          List<String> change = changes.of(i);
          load.begin(change.toString().contains("serverport"));
          server.write(change.toArray(String[]::new));
          load.changed(server.portNow());
          backend.forget();
        }
        load.progress();
        load.stop();
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Length.proof(
            "%d changes of %s from %s under load: %d answers verified in %d ms"
                .formatted(rounds, what, engine.setting(), load.answers.count(), millis));
        server.write("threads=2", "engine=" + engine.setting(), "address=127.0.0.1");
        awaitHoldings(before);
      }
    }
  }

  /// What is held at rest, once all that is made only once is made.
  private static Map<String, Integer> warm(FrontServer server) throws IOException {
    Integer sockets = holdings().get("socket");
    for (int i = 0; i < 8; i++) {
      try (var client = new RawClient(server.port())) {
        client.send(Wire.get(Versions.target(i % 5))).read();
      }
    }
    Map<String, Integer> held = holdings();
    for (int looks = 0; !sockets.equals(held.get("socket")) && looks < 10_000; looks++) {
      held = holdings();
    }
    return held;
  }

  /// Descriptors by kind, rings that are mapped, and threads of loops in this process.
  private static Map<String, Integer> holdings() throws IOException {
    var found = new TreeMap<String, Integer>();
    try (Stream<Path> list = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : list.toList()) {
        String kind = kindOf(each);
        if (kind.startsWith("socket") || kind.startsWith("anon")) {
          found.merge(kind, 1, Integer::sum);
        }
      }
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.contains("io_uring")) {
        found.merge("mapped rings", 1, Integer::sum);
      }
    }
    Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches("khttpd-\\d+"))
        .forEach(_ -> found.merge("loops", 1, Integer::sum));
    return found;
  }

  private static String kindOf(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().replaceAll(":?\\[\\d+]", "");
    } catch (IOException gone) {
      return "";
    }
  }

  private static void awaitHoldings(Map<String, Integer> expected) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    Map<String, Integer> now = holdings();
    while (!now.equals(expected) && System.nanoTime() < end) {
      Thread.onSpinWait();
      now = holdings();
    }
    assertEquals(expected, now, "what is left after the changes");
  }

  /// Below the ports that the kernel gives to clients.
  private static int[] freePorts() throws IOException {
    var found = new ArrayList<Integer>();
    for (int port = 21_000 + (int) (ProcessHandle.current().pid() % 9_000);
        found.size() < 3;
        port++) {
      try (var socket = new ServerSocket(port)) {
        found.add(socket.getLocalPort());
      } catch (IOException taken) {
        continue;
      }
    }
    return found.stream().mapToInt(Integer::intValue).toArray();
  }
}
