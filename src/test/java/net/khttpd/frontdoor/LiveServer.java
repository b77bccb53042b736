package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import net.khttpd.client.Counter;
import net.khttpd.control.Server.State;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.settings.Listing;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.SettingsTree;

/// A running server whose settings a test writes, with what the test looks at.
final class LiveServer {
  private static final long DEADLINE_NANOS = 10_000_000_000L;

  private final FrontDoor door;
  private final FrontServer server;
  private final Site site;

  LiveServer(FrontDoor door, FrontServer server, Site site) {
    this.door = door;
    this.server = server;
    this.site = site;
  }

  int port() {
    return server.port();
  }

  private int portNow() {
    try {
      return server.server().state() == State.RUNNING ? server.portNow() : server.port();
    } catch (OperatorException e) {
      throw new AssertionError(e);
    }
  }

  /// URL, engine and number of threads, as the running server tells them.
  String ready() throws OperatorException {
    return server.server().start();
  }

  /// Loops that serve, as the running server tells them.
  int loops() throws OperatorException {
    return Integer.parseInt(ready().replaceFirst(".* threads=(\\d+) .*", "$1"));
  }

  void write(String... assignments) throws OperatorException {
    server.write(assignments);
  }

  /// The write is refused by a sentence that begins so, and nothing has changed.
  void refuses(String assignment, String sentence) {
    List<String> before = Listing.of(server.server().settings());
    var refusal = assertThrows(OperatorException.class, () -> write(assignment));
    assertTrue(refusal.sentence().startsWith(sentence), refusal.sentence());
    assertEquals(before, Listing.of(server.server().settings()));
  }

  String value(String setting) throws OperatorException {
    String line = Listing.of(SettingsTree.find(setting), server.server().settings()).getFirst();
    return line.substring(line.indexOf('=') + 1).strip();
  }

  long count(Counter counter) {
    return server.count(counter);
  }

  RawClient connect() throws IOException {
    return door.connect(server);
  }

  /// Its kernel takes little while it reads nothing.
  RawClient connectSlowly() throws IOException {
    return door.own(new RawClient(server.port(), 4096));
  }

  Answer get(String target, String... fields) throws IOException {
    try (var client = new RawClient(portNow())) {
      return client.send(Wire.get(target, fields)).read();
    }
  }

  RecordingBackend backend(RecordingBackend.Script script) throws IOException {
    return door.backend(script);
  }

  RecordingBackend withBackend(String... settings) throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    write(settings);
    write("backend=" + backend.setting());
    return backend;
  }

  /// The write turns the answer's status from one to the other.
  void turns(String target, int before, int after, String... write) throws Exception {
    assertEquals(before, get(target).status());
    write(write);
    assertEquals(after, get(target).status());
  }

  /// With a backend: whether the write turns a request to it, or away from it.
  void turnsToBackend(String target, boolean towards, String write) throws Exception {
    withBackend();
    assertEquals(!towards, get(target).text().equals("backend"));
    write(write);
    assertEquals(towards, get(target).text().equals("backend"));
  }

  /// A stop that would wait for an hour is over soon after this.
  void stopsSoonAfter(String write) throws Exception {
    RecordingBackend silent = backend(c -> c.awaitEnd());
    write("drain=3600", "backend=" + silent.setting());
    RawClient stuck = connect().send(Wire.get("/app.cgi"));
    await(() -> silent.accepted() == 1);
    Thread stopping = Thread.ofVirtual().start(server.server()::stop);
    await(() -> server.server().state() == State.DRAINING);
    assertEquals("1", value("stop"));
    write(write);
    stopping.join();
    stuck.assertGone();
    assertEquals("0", value("stop"));
  }

  /// Waits until no more clients than these are connected: others may have just gone.
  void awaitConnections(int count) throws Exception {
    String filter = "( sport = :" + port() + " )";
    await(() -> ss("-tnH", "state", "established", filter).lines().count() <= count);
  }

  String backlog() throws Exception {
    return ss("-ltnH", "( sport = :" + port() + " )").strip().split("\\s+")[2];
  }

  private static String ss(String... arguments) throws IOException {
    var command = new java.util.ArrayList<>(List.of("ss"));
    command.addAll(List.of(arguments));
    return new String(new ProcessBuilder(command).start().getInputStream().readAllBytes());
  }

  long openDescriptorsOf(String target) throws IOException {
    Path file = site.root().resolve(target.substring(1));
    try (var list = Files.list(Path.of("/proc/self/fd"))) {
      return list.filter(fd -> leadsTo(fd, file)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file.toRealPath());
    } catch (IOException closed) {
      return false;
    }
  }

  /// Asks for so many absent files twice; how many of the second round were not remembered.
  long missesOfSecondRound(int files) throws IOException {
    long before = 0;
    for (int i = 0; i < 2 * files; i++) {
      before = i == files ? count(Counter.CACHE_MISSES) : before;
      get("/absent" + i % files + ".txt");
    }
    return count(Counter.CACHE_MISSES) - before;
  }

  Path otherRoot() {
    return site.outside().resolve("other");
  }

  void link(String name, String target) throws IOException {
    site.link(name, Path.of(target));
  }

  Path file(String name) {
    return site.outside().resolve(name);
  }

  void awaitText(String file, String text) throws Exception {
    await(() -> Files.exists(file(file)) && Files.readString(file(file)).contains(text));
  }

  void await(Callable<Boolean> fact) throws Exception {
    long end = System.nanoTime() + DEADLINE_NANOS;
    while (!fact.call()) {
      assertTrue(System.nanoTime() < end, "it does not come about: " + server.events());
      Thread.onSpinWait();
    }
  }
}
