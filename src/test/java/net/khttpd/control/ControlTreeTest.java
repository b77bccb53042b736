package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.control.ControlAnswer.Status;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.settings.Draft;
import net.khttpd.settings.HostSettings;
import net.khttpd.settings.Listing;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Setting;
import net.khttpd.settings.Settings;
import net.khttpd.settings.SettingsTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The settings of a server, read and written through its control socket.
final class ControlTreeTest {
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");
  private static final long SEED = 20_021_127;

  @TempDir Path directory;

  @Test
  void everySettingIsReadAndWritten() throws Exception {
    var random = new SplittableRandom(SEED);
    try (var controlled = new Controlled(directory)) {
      for (Setting<?> setting : SettingsTree.all()) {
        List<String> present = Listing.valueOf(setting, controlled.server.settings());
        assertEquals(present, controlled.told(Word.GET, setting.name()));
        assertEquals(present, controlled.told(Word.GET, setting.fullName()));
        assertEquals(present, controlled.told(Word.GET, "net/khttpd/" + setting.name()));
      }
      for (Setting<?> setting : RandomSettings.all()) {
        String value = RandomSettings.value(setting, random);
        List<String> told = controlled.told(Word.WRITE, setting.name() + "=" + value);
        Settings wanted = Draft.ofDefaults().write(setting.name(), value).snapshot();
        assertEquals(Listing.valueOf(setting, wanted), told);
        assertEquals(told, controlled.told(Word.GET, setting.name()));
      }
    }
  }

  @Test
  void aNodeIsAllThatLiesBelowIt() throws Exception {
    try (var controlled = new Controlled(directory)) {
      List<String> all = controlled.told(Word.LIST);
      assertEquals(Listing.of(controlled.server.settings()), all);
      for (String node : List.of("net.khttpd", "net", "net/khttpd", "net.khttpd.")) {
        List<String> below = controlled.told(Word.GET, node);
        assertEquals(all, below.subList(0, all.size()), node);
      }
    }
  }

  @Test
  void severalValuesAreWrittenAllOrNone() throws Exception {
    try (var controlled = new Controlled(directory)) {
      List<String> before = controlled.told(Word.LIST);
      ControlAnswer refused =
          controlled.ask(Word.WRITE, "timeout_head=3", "dynamic=x", "threads=0", "dynamic=y");
      assertEquals(Status.ERROR, refused.status());
      assertTrue(refused.errors().getFirst().startsWith("threads: "), refused::toString);
      assertEquals(before, controlled.told(Word.LIST));
      assertEquals(
          List.of(
              "net.khttpd.timeout_head = 3",
              "net.khttpd.dynamic = cgi-bin",
              "net.khttpd.dynamic = ..",
              "net.khttpd.dynamic = x"),
          controlled.told(Word.WRITE, "timeout_head=3", "dynamic=x"));
    }
  }

  @Test
  void aFileComputesTheListsThatItNamesAfresh() throws Exception {
    try (var controlled = new Controlled(directory)) {
      controlled.told(Word.WRITE, "dynamic=x", "hosts=a.b", "timeout_head=3");
      controlled.told(Word.LOAD, "f", "dynamic = y", "", "# c", "timeout_idle = 7");
      List<String> dynamic = controlled.told(Word.GET, "dynamic");
      assertEquals(3, dynamic.size(), dynamic::toString);
      assertTrue(dynamic.contains("net.khttpd.dynamic = y"), dynamic::toString);
      assertEquals(List.of("net.khttpd.hosts = a.b"), controlled.told(Word.GET, "hosts"));
      assertEquals(
          List.of("net.khttpd.timeout_head = 3"), controlled.told(Word.GET, "timeout_head"));
      ControlAnswer refused = controlled.ask(Word.LOAD, "f", "timeout_idle=8", "", "nonsense=1");
      assertTrue(refused.errors().getFirst().startsWith("f line 3: unknown"), refused::toString);
      assertEquals(
          List.of("net.khttpd.timeout_idle = 7"), controlled.told(Word.GET, "timeout_idle"));
    }
  }

  /// From each tree to the next, by nothing but what a listing prints.
  @Test
  void whatIsListedCanBeLoaded() throws Exception {
    var random = new SplittableRandom(SEED);
    try (var controlled = new Controlled(directory);
        var other = new Controlled(Files.createDirectories(directory.resolve("other")))) {
      for (int i = 0; i < (LONG ? 2000 : 100); i++) {
        mutate(controlled, random);
        List<String> listed = controlled.told(Word.LIST);
        var lines = new ArrayList<String>(List.of("saved"));
        lines.addAll(listed);
        other.told(Word.LOAD, lines.toArray(String[]::new));
        assertEquals(listed, other.told(Word.LIST));
      }
    }
  }

  private static void mutate(Controlled controlled, SplittableRandom random) throws Exception {
    List<Setting<?>> settings = RandomSettings.all();
    for (int i = 0; i < 10; i++) {
      Setting<?> setting = settings.get(random.nextInt(settings.size()));
      String minus = setting.isList() && random.nextBoolean() ? "-" : "";
      boolean ofAHost = HostSettings.ofAHost().contains(setting) && random.nextInt(3) == 0;
      String name = (ofAHost ? "vhost.b.example." : "") + setting.name();
      String write = name + "=" + minus + RandomSettings.value(setting, random);
      ControlAnswer answer = controlled.ask(Word.WRITE, write);
      boolean absent = answer.errors().stream().anyMatch(e -> e.contains("no such entry"));
      assertTrue(answer.status() == Status.OK || absent, () -> write + ": " + answer);
    }
  }

  @Test
  void startStopAndUnloadAreThereWhenTheyAreAnswered() throws Exception {
    try (var controlled = new Controlled(directory)) {
      Files.writeString(directory.resolve("www/index.html"), "hello");
      var ended = new java.util.concurrent.CountDownLatch(1);
      controlled.server.whenUnloaded(ended::countDown);
      assertEquals(List.of("net.khttpd.start = 1"), controlled.told(Word.WRITE, "start=1"));
      int port = port(controlled);
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      assertEquals(List.of("net.khttpd.start = 1"), controlled.told(Word.GET, "start"));
      assertEquals(List.of("net.khttpd.stop = 1"), controlled.told(Word.WRITE, "stop=1"));
      org.junit.jupiter.api.Assertions.assertThrows(
          ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port));
      assertEquals(List.of("net.khttpd.start = 0"), controlled.told(Word.GET, "start"));
      controlled.told(Word.WRITE, "start=1");
      assertEquals(port, port(controlled));
      assertEquals(List.of("net.khttpd.unload = 1"), controlled.told(Word.WRITE, "unload=1"));
      assertTrue(ended.await(10, java.util.concurrent.TimeUnit.SECONDS));
      assertEquals(Status.ERROR, controlled.ask(Word.WRITE, "start=1").status());
    }
  }

  private static int port(Controlled controlled) throws OperatorException {
    return java.net.URI.create(controlled.server.start().split(" ", 2)[0]).getPort();
  }

  @Test
  void anExplanationSpeaksOfTheRunningServer() throws Exception {
    try (var controlled = new Controlled(directory)) {
      Files.writeString(directory.resolve("www/index.html"), "hello");
      String alone = String.join("\n", controlled.told(Word.EXPLAIN, "/index.html"));
      assertTrue(alone.contains("served /index.html"), alone);
      controlled.told(Word.WRITE, "start=1");
      String first = String.join("\n", controlled.told(Word.EXPLAIN, "/index.html"));
      assertTrue(first.contains("cache: not remembered"), first);
      assertTrue(first.endsWith("served /index.html: text/html, 5 bytes, from memory"), first);
      String again = String.join("\n", controlled.told(Word.EXPLAIN, "/index.html"));
      assertTrue(again.contains("cache: remembered"), again);
      controlled.told(Word.WRITE, "stop=1");
      controlled.told(Word.WRITE, "backend=127.0.0.1:1", "backend=127.0.0.1:2", "start=1");
      String passed = String.join("\n", controlled.told(Word.EXPLAIN, "/?a=b"));
      assertTrue(passed.contains("backend: 127.0.0.1:1 next of 2"), passed);
      assertTrue(passed.contains("passed on: query (rule 6"), passed);
      assertTrue(passed.contains("cache: not asked"), passed);
      assertEquals(ControlAnswer.Status.ERROR, controlled.ask(Word.EXPLAIN).status());
      assertTrue(controlled.told(Word.EXPLAIN, "x y").getLast().startsWith("refused: 400"));
    }
  }

  /// Two controllers write at random, good and bad, verbs among it; a third reads. What was written
  /// together is read together, and every command has its answer.
  @Test
  void twoControllersNeverTearTheTree() throws Exception {
    long end = System.nanoTime() + (LONG ? 180_000_000_000L : 3_000_000_000L);
    var failures = Collections.synchronizedList(new ArrayList<Throwable>());
    var answered = new AtomicLong();
    try (var controlled = new Controlled(directory, "drain=0.05")) {
      controlled.told(Word.WRITE, "timeout_head=100", "timeout_idle=100", "timeout_send=100");
      var threads = new ArrayList<Thread>();
      for (int i = 0; i < 2; i++) {
        var random = new SplittableRandom(SEED + i);
        threads.add(
            Thread.ofPlatform()
                .start(() -> writeUntil(end, controlled, random, answered, failures)));
      }
      threads.add(Thread.ofPlatform().start(() -> readUntil(end, controlled, failures)));
      for (Thread thread : threads) {
        thread.join(java.time.Duration.ofSeconds(LONG ? 240 : 60));
        assertTrue(!thread.isAlive(), "a controller has no answer");
      }
      assertEquals(List.of(), failures);
      assertTrue(answered.get() > 20, answered + " writes");
      assertTrue(!controlled.logged().contains("fault"), controlled.logged());
    }
  }

  private static void writeUntil(
      long end,
      Controlled controlled,
      SplittableRandom random,
      AtomicLong answered,
      List<Throwable> failures) {
    try (ControlClient client = ControlClient.connect(controlled.path)) {
      while (System.nanoTime() < end && failures.isEmpty()) {
        ControlAnswer answer = client.ask(new ControlRequest(Word.WRITE, false, write(random)));
        answered.incrementAndGet();
        if (answer.status() == Status.FAULT) {
          throw new AssertionError(answer.toString());
        }
      }
    } catch (OperatorException | RuntimeException | Error e) {
      failures.add(e);
    }
  }

  private static List<String> write(SplittableRandom random) {
    int verb = random.nextInt(20);
    if (verb < 4) {
      return List.of(verb < 2 ? "start=1" : "stop=1");
    }
    String seconds = "=" + random.nextInt(100, 200);
    var writes =
        new ArrayList<String>(
            List.of("timeout_head" + seconds, "timeout_idle" + seconds, "timeout_send" + seconds));
    if (random.nextInt(4) == 0) {
      writes.set(1, "timeout_idle=999999999");
    }
    return writes;
  }

  private static void readUntil(long end, Controlled controlled, List<Throwable> failures) {
    try (ControlClient client = ControlClient.connect(controlled.path)) {
      var request =
          new ControlRequest(
              Word.GET, false, List.of("timeout_head", "timeout_idle", "timeout_send"));
      while (System.nanoTime() < end && failures.isEmpty()) {
        List<String> values =
            client.ask(request).output().stream().map(l -> l.replaceAll(".*= ", "")).toList();
        if (values.size() != 3 || values.stream().distinct().count() != 1) {
          throw new AssertionError("torn: " + values);
        }
      }
    } catch (OperatorException | RuntimeException | Error e) {
      failures.add(e);
    }
  }
}
