package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `vhost`: whose files and backends a request gets, by its host.
final class VirtualHostTest extends FrontDoor {
  private static final boolean LONG = Boolean.getBoolean("khttpd.test.long");

  @BeforeEngine
  void files() throws Exception {
    site.file("page.txt", "top").file("index.html", "top index");
    for (String host : List.of("a", "b", "wild", "deep", "other", "six")) {
      site.file("../" + host + "/page.txt", host)
          .file("../" + host + "/home.txt", host + " home")
          .file("../" + host + "/only-" + host + ".txt", host);
      Files.setPosixFilePermissions(
          site.outside().resolve(host), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private String root(String host, String name) {
    return "vhost." + host + ".documentroot=" + site.outside().resolve(name);
  }

  private FrontServer hosts(String... more) {
    var settings =
        new ArrayList<>(
            List.of(
                root("a.test", "a"),
                root("b.test", "b"),
                root("*.test", "wild"),
                root("*.deep.test", "deep"),
                root("::1", "six")));
    settings.addAll(List.of(more));
    return server(settings.toArray(String[]::new));
  }

  private Answer ask(FrontServer server, String host, String target) throws IOException {
    try (var client = new RawClient(server.port())) {
      return client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read();
    }
  }

  @Test
  void aHostsFieldsHoldInsteadOfTheTops() throws Exception {
    FrontServer server =
        hosts(
            "cache_control=*.txt no-cache",
            "header=/** X-Of: top",
            "vhost.a.test.cache_control=*.txt max-age=60",
            "vhost.a.test.header=/** X-Of: a");
    Answer own = ask(server, "a.test", "/page.txt");
    assertEquals("max-age=60", own.field("Cache-Control").orElseThrow());
    assertEquals("a", own.field("X-Of").orElseThrow());
    Answer inherited = ask(server, "b.test", "/page.txt");
    assertEquals("no-cache", inherited.field("Cache-Control").orElseThrow());
    assertEquals("top", inherited.field("X-Of").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "a.test, a",
    "A.TEST, a",
    "a.test:8080, a",
    "a.test., a",
    "a.test.:80, a",
    "b.test, b",
    "c.test, wild",
    "x.a.test, wild",
    "x.deep.test, deep",
    "y.X.Deep.Test:1, deep",
    "deep.test, wild",
    "[::1], six",
    "[0:0:0:0:0:0:0:1]:80, six",
  })
  void theHostDecidesWhoseFileIsServed(String host, String whose) throws Exception {
    assertEquals(whose, ask(hosts(), host, "/page.txt").text());
  }

  @ParameterizedTest
  @CsvSource({
    "test",
    ".test",
    "a.tes",
    "xa.tests",
    "127.0.0.1",
    "[::2]",
    "a%2etest",
    "a.test..",
    "."
  })
  void aHostThatNobodyNamedGetsNobodysFile(String host) throws Exception {
    assertEquals(404, ask(hosts(), host, "/page.txt").status());
    assertEquals("other", ask(hosts(root("default", "other")), host, "/page.txt").text());
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", ask(before(backend, root("a.test", "a")), host, "/page.txt").text());
  }

  @Test
  void aRequestWithoutAHostIsTheDefaults() throws Exception {
    String old = "GET /page.txt HTTP/1.0\r\n\r\n";
    assertEquals(404, connect(hosts()).send(old).read().status());
    assertEquals("other", connect(hosts(root("default", "other"))).send(old).read().text());
  }

  @Test
  void theAuthorityOfAnAbsoluteTargetWinsOverHost() throws Exception {
    assertEquals("b", ask(hosts(), "a.test", "http://b.test/page.txt").text());
    assertEquals(404, ask(hosts(), "a.test", "http://nobody/page.txt").status());
  }

  @Test
  void whatAHostDoesNotSetIsThatOfTheTop() throws Exception {
    FrontServer server =
        server(
            "index=home.txt",
            "vhost=default",
            root("a.test", "a"),
            "vhost.b.test.index=page.txt",
            "vhost.b.test.dynamic=only");
    assertEquals("a home", ask(server, "a.test", "/").text());
    assertEquals("top", ask(server, "b.test", "/").text());
    assertEquals("top", ask(server, "c.test", "/page.txt").text());
    assertEquals(404, ask(server, "b.test", "/only.txt").status());
  }

  /// Where nobody inherits the top's root, nobody minds that it is not there.
  @Test
  void aRootThatIsNobodysNeedNotExist() throws Exception {
    FrontServer server = server("documentroot=/nowhere/at/all", root("a.test", "a"));
    assertEquals("a", ask(server, "a.test", "/page.txt").text());
    var refusal =
        assertThrows(OperatorException.class, () -> server.write("vhost.b.test.index=x.html"));
    assertTrue(refusal.sentence().startsWith("documentroot: /nowhere/at/all"), refusal.sentence());
  }

  /// The same path and the same connection, cold and remembered.
  @Test
  void hostsNeverMix() throws Exception {
    FrontServer server = hosts("cache_entries=16");
    try (var client = new RawClient(server.port())) {
      for (int i = 0; i < 200; i++) {
        String whose = i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "wild";
        String host = whose.equals("wild") ? "w" + i % 5 : whose;
        String target = i % 2 == 0 ? "/page.txt" : "/only-a.txt";
        client.send("GET " + target + " HTTP/1.1\r\nHost: " + host + ".test\r\n\r\n");
        Answer answer = client.read();
        boolean there = i % 2 == 0 || whose.equals("a");
        assertEquals(there ? whose : "404 Not Found\n", answer.text(), host + target);
      }
    }
  }

  @Test
  void aHostHasItsOwnBackendsAloneOrThoseOfTheTop() throws Exception {
    RecordingBackend top = backend(RecordingBackend.fixed(answer("top")));
    RecordingBackend own = backend(RecordingBackend.fixed(answer("own")));
    FrontServer server =
        server(
            "backend=" + top.setting(),
            root("a.test", "a"),
            "vhost.a.test.backend=" + own.setting(),
            root("b.test", "b"));
    for (int i = 0; i < 4; i++) {
      assertEquals("own", ask(server, "a.test", "/app").text());
      assertEquals("top", ask(server, "b.test", "/app").text());
      assertEquals("top", ask(server, "nobody.test", "/page.txt").text());
      assertEquals("a", ask(server, "a.test", "/page.txt").text());
    }
    server.write("vhost.a.test.backend=-" + own.setting());
    assertEquals(404, ask(server, "a.test", "/app").status());
    server.write("vhost.a.test.backend=-");
    assertEquals("top", ask(server, "a.test", "/app").text());
  }

  private static String answer(String text) {
    return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + text;
  }

  /// One host's backend has as many connections as it may: nobody waits but its own requests.
  @Test
  void aFullBackendOfOneHostHoldsUpNoOther() throws Exception {
    RecordingBackend silent = backend(c -> c.awaitEnd());
    RecordingBackend quick = backend(RecordingBackend.fixed(answer("own")));
    FrontServer server =
        server(
            "backend_maxconn=1",
            "vhost.a.test.backend=" + silent.setting(),
            "vhost.b.test.backend=" + quick.setting());
    var live = new LiveServer(this, server, site);
    for (int i = 0; i < 3; i++) {
      connect(server).send("GET /app HTTP/1.1\r\nHost: a.test\r\n\r\n");
    }
    live.await(() -> silent.accepted() == 1);
    for (int i = 0; i < 5; i++) {
      assertEquals("own", ask(server, "b.test", "/app").text());
    }
  }

  /// A backend's connections go round among the loops, though those of another backend do not, and
  /// though requests of all loops wait for that one.
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void aLoopGivesUpTheConnectionsThatAnotherWaitsFor(int threads) throws Exception {
    RecordingBackend silent = backend(c -> c.awaitEnd());
    RecordingBackend quick = backend(RecordingBackend.fixed(answer("own")));
    FrontServer server =
        server(
            "threads=" + threads,
            "backend_maxconn=1",
            "backend_idle=60",
            "backend_queue_timeout=3",
            "vhost.a.test.backend=" + silent.setting(),
            "vhost.b.test.backend=" + quick.setting());
    for (int i = 0; i < 20; i++) {
      assertEquals("own", ask(server, "b.test", "/app").text(), "request " + i);
    }
    for (int i = 0; i < 12; i++) {
      connect(server).send("GET /app HTTP/1.1\r\nHost: a.test\r\n\r\n");
    }
    new LiveServer(this, server, site).await(() -> silent.accepted() == 1);
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    var asking = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      asking.add(Thread.ofPlatform().daemon().start(() -> askOften(server, wrong)));
    }
    for (Thread each : asking) {
      assertTrue(each.join(Duration.ofSeconds(20)), "a client waits for ever");
    }
    assertEquals(List.of(), List.copyOf(wrong));
  }

  private void askOften(FrontServer server, Queue<String> wrong) {
    try {
      for (int i = 0; i < 20; i++) {
        String text = ask(server, "b.test", "/app").text();
        if (!text.equals("own")) {
          wrong.add(text);
        }
      }
    } catch (Exception | AssertionError e) {
      wrong.add(e.toString());
    }
  }

  @Test
  void errorsListingsAndFallBacksAreTheHosts() throws Exception {
    FrontServer server =
        server(
            root("a.test", "a"),
            root("b.test", "b"),
            root("c.test", "other"),
            "vhost.a.test.error_page=404 /home.txt",
            "vhost.b.test.try=/home.txt",
            "vhost.c.test.autoindex=1");
    assertEquals("a home", ask(server, "a.test", "/absent").text());
    assertEquals(404, ask(server, "a.test", "/absent").status());
    assertEquals("b home", ask(server, "b.test", "/absent").text());
    assertTrue(ask(server, "c.test", "/").text().contains("./only-other.txt"));
    assertEquals("404 Not Found\n", ask(server, "c.test", "/absent").text());
    assertEquals("404 Not Found\n", ask(server, "nobody", "/absent").text());
  }

  @Test
  void hostsComeAndGoWithTheWrite() throws Exception {
    FrontServer server = own(FrontServer.start(engine, site.root(), List.of()));
    assertEquals("top", ask(server, "a.test", "/page.txt").text());
    server.write(root("a.test", "a"));
    assertEquals("a", ask(server, "a.test", "/page.txt").text());
    assertEquals(404, ask(server, "b.test", "/page.txt").status());
    server.write("vhost=default", root("b.test", "b"));
    assertEquals("b", ask(server, "b.test", "/page.txt").text());
    assertEquals("top", ask(server, "c.test", "/page.txt").text());
    server.write("vhost=-a.test", "vhost=-b.test");
    assertEquals("top", ask(server, "a.test", "/page.txt").text());
    server.write("vhost=-default");
    assertEquals("top", ask(server, "a.test", "/page.txt").text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vhost.a.test.documentroot=relative    | vhost.a.test.documentroot:
          vhost.a.test.documentroot=/nowhere/x  | vhost.a.test.documentroot: /nowhere/x does not exist
          vhost.a.test.backend=nowhere          | vhost.a.test.backend:
          vhost.a.test.index=-                  | vhost.a.test.index:
          vhost.a_/.test.index=x                | vhost:
          vhost.*.*.test.index=x                | vhost:
          vhost=*                               | vhost:
          vhost=-absent.test                    | vhost:
          vhost.a.test.threads=1                | unknown setting
          """)
  void aBadValueIsRefusedByNameAndNothingChanges(String write, String sentence) throws Exception {
    FrontServer server = hosts();
    var refusal = assertThrows(OperatorException.class, () -> server.write(write));
    assertTrue(refusal.sentence().startsWith(sentence), refusal.sentence());
    assertEquals("a", ask(server, "a.test", "/page.txt").text());
  }

  /// Clients of two hosts ask without a pause while their roots, backends and others' hosts change:
  /// nobody fails, and nobody sees another's file.
  @Test
  void aChangeUnderLoadMixesNobodyUp() throws Exception {
    FrontServer server =
        own(
            FrontServer.start(
                engine,
                site.root(),
                List.of("threads=2", root("a.test", "a"), root("b.test", "b"))));
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    var answered = new AtomicInteger();
    var ending = new java.util.concurrent.atomic.AtomicBoolean();
    var clients = new ArrayList<Thread>();
    for (String whose : List.of("a", "b", "a", "b")) {
      clients.add(
          Thread.ofPlatform().daemon().start(() -> load(server, whose, wrong, answered, ending)));
    }
    Path moved = site.outside().resolve("a");
    for (int i = 0; i < (LONG ? 1000 : 30); i++) {
      int known = answered.get();
      server.write("vhost.c" + i % 3 + ".test.index=page.txt");
      server.write("vhost=-c" + i % 3 + ".test");
      server.write("vhost.a.test.documentroot=" + moved + (i % 2 == 0 ? "/." : ""));
      new LiveServer(this, server, site)
          .await(() -> answered.get() > known + 8 || !wrong.isEmpty());
    }
    ending.set(true);
    for (Thread client : clients) {
      assertTrue(client.join(Duration.ofSeconds(20)), "a client waits for ever");
    }
    assertEquals(List.of(), List.copyOf(wrong));
  }

  private static void load(
      FrontServer server,
      String whose,
      Queue<String> wrong,
      AtomicInteger answered,
      java.util.concurrent.atomic.AtomicBoolean ending) {
    while (!ending.get()) {
      try (var client = new RawClient(server.port())) {
        for (int i = 0; i < 50 && !ending.get(); i++) {
          client.send("GET /page.txt HTTP/1.1\r\nHost: " + whose + ".test\r\n\r\n");
          Answer answer = client.read();
          answered.incrementAndGet();
          if (!answer.text().equals(whose)) {
            wrong.add(whose + " got " + answer);
          }
        }
      } catch (Exception | AssertionError e) {
        wrong.add(e.toString());
      }
    }
  }
}
