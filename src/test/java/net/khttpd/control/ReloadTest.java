package net.khttpd.control;

import static net.khttpd.frontdoor.harness.Wire.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.log.EventLog;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What SIGHUP does, without the signal.
final class ReloadTest {
  private static final int RELOADS = Boolean.getBoolean("khttpd.long") ? 1000 : 50;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"io_uring", "epoll"})
  void underLoadNoConnectionIsLostAndTheLastFileHolds(String engine) throws Exception {
    Path conf = directory.resolve("khttpd.conf");
    try (var controlled = new Controlled(directory, "engine=" + engine);
        EventLog log = EventLog.toStderr()) {
      Files.writeString(directory.resolve("www/index.html"), "hello");
      int port = URI.create(controlled.server.start().split(" ", 2)[0]).getPort();
      List<String> present = controlled.told(Word.LIST);
      var options = new SettingsOptions();
      options.files.add(conf);
      options.writes.add("timeout_send=31");
      var reload = new Reload(options, controlled.server, log);
      var over = new AtomicBoolean();
      var answered = new AtomicLong();
      var failures = Collections.synchronizedList(new ArrayList<Throwable>());
      Thread client = Thread.ofPlatform().start(() -> ask(port, over, answered, failures));
      for (int i = 0; i < RELOADS; i++) {
        Files.write(conf, present);
        int seconds = i % 50 + 5;
        Files.writeString(
            conf,
            "dynamic = x%d\ntimeout_head = %d\n".formatted(i, seconds),
            java.nio.file.StandardOpenOption.APPEND);
        reload.run();
        assertEquals(
            List.of(
                "net.khttpd.timeout_head = " + seconds,
                "net.khttpd.timeout_send = 31",
                "net.khttpd.dynamic = cgi-bin",
                "net.khttpd.dynamic = ..",
                "net.khttpd.dynamic = x" + i),
            controlled.told(Word.GET, "timeout_head", "timeout_send", "dynamic"));
      }
      over.set(true);
      client.join(java.time.Duration.ofSeconds(20));
      assertEquals(List.of(), failures);
      assertTrue(answered.get() > RELOADS, answered + " requests");
    }
  }

  /// One connection for all, so that the loss of it is seen.
  private static void ask(
      int port, AtomicBoolean over, AtomicLong answered, List<Throwable> failures) {
    try (var client = new RawClient(port)) {
      while (!over.get()) {
        client.send(get("/index.html"));
        assertEquals(200, client.read().status());
        answered.incrementAndGet();
      }
    } catch (Exception | AssertionError e) {
      failures.add(e);
    }
  }
}
