package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.Engine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.settings.Kind;
import net.khttpd.settings.Setting;
import net.khttpd.settings.SettingsTree;
import org.junit.jupiter.api.Test;

/// What is passed on for long goes on through every change of every setting: an answer without end,
/// a download, an upload, a WebSocket. The list is that of the settings themselves, so that a new
/// one is changed, too.
final class LongAnswersTest extends FrontDoor {
  /// Those that mean to end what is under way.
  private static final Set<String> ENDING = Set.of("start", "stop", "unload");

  private static final int MOST_FACTOR = 2;

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha").file("../other/a.txt", "other");
    Files.setPosixFilePermissions(
        site.outside().resolve("other"), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Other good values of settings that are texts.
  private Map<String, List<String>> texts() {
    return Map.ofEntries(
        Map.entry("address", List.of("*", "127.0.0.1")),
        Map.entry("metrics_address", List.of("127.0.0.1:0", "")),
        Map.entry("proc_mount", List.of("")), // a mount needs a process of its own: ProcMountTest
        Map.entry("documentroot", List.of("" + site.outside().resolve("other"), "" + site.root())),
        Map.entry("index", List.of("home.html")),
        Map.entry("try", List.of("/a.txt")),
        Map.entry("error_page", List.of("404 /a.txt")),
        Map.entry("vhost", List.of("other.test", "-other.test")),
        Map.entry("dynamic", List.of("/never/", "-/never/")),
        Map.entry("active", List.of("never", "-never")),
        Map.entry("marker", List.of(".never")),
        Map.entry("hosts", List.of("front.test")),
        Map.entry("query", List.of("ignore", "pass")),
        Map.entry("symlink_roots", List.of("" + site.outside().resolve("other"))),
        Map.entry("default_type", List.of("text/plain")),
        Map.entry("mime", List.of("weird=text/plain")),
        Map.entry("charset", List.of("utf-8", "")),
        Map.entry("precompressed", List.of("-gzip")),
        Map.entry("cache_control", List.of("*.txt no-cache")),
        Map.entry("header", List.of("/** X-A: b")),
        Map.entry("access_log", List.of("" + site.outside().resolve("access.log"))),
        Map.entry("access_log_format", List.of("common", "combined")),
        Map.entry("trust", List.of("192.0.2.0/24", "-192.0.2.0/24")),
        Map.entry("balance", List.of("least-connections", "hash-path", "round-robin")),
        Map.entry("backend_check", List.of("/check", "off")),
        Map.entry("sendfile_header", List.of("X-Sendfile", "off")),
        Map.entry("internal_root", List.of("" + site.outside().resolve("other"))),
        Map.entry("handover", List.of("unix:" + site.outside().resolve("nobody"), "off")));
  }

  /// Other good values of settings that name backends.
  private static Map<String, List<String>> backends(RecordingBackend own, RecordingBackend other) {
    return Map.of(
        "backend", List.of(other.setting(), "-" + other.setting()),
        "clientport", List.of("" + other.port(), "0"),
        "backend_weight", List.of(own.setting() + " 3", other.setting() + " 2"),
        "backend_drain", List.of(own.setting(), "-" + own.setting()),
        "route", List.of("*/never " + other.setting()));
  }

  @Test
  void whatIsPassedOnForLongSurvivesEveryChangeOfEverySetting() throws Exception {
    RecordingBackend backend = backend(LongExchange::handOver);
    RecordingBackend other = backend(RecordingBackend.fixed(RecordingBackend.OK));
    FrontServer server =
        own(FrontServer.start(engine, site.root(), List.of("backend=" + backend.setting())));
    var live = new LiveServer(this, server, site);
    List<LongExchange> exchanges = LongExchange.all(() -> connect(server), backend);
    goOn(exchanges, "at first");
    for (Setting<?> setting : SettingsTree.all()) {
      for (String value : values(setting, live, backends(backend, other))) {
        live.write(setting.name() + "=" + value);
        goOn(exchanges, setting.name() + "=" + value);
      }
    }
    live.write("backend=-" + backend.setting());
    goOn(exchanges, "its backend gone");
    live.write("threads=4", "engine=" + otherEngine(), "serverport=0", "threads=1");
    goOn(exchanges, "all at once");
    for (LongExchange exchange : exchanges) {
      exchange.end();
    }
  }

  private static void goOn(List<LongExchange> exchanges, String after) {
    for (LongExchange exchange : exchanges) {
      try {
        exchange.goOn();
      } catch (Exception | AssertionError e) {
        fail(exchange + " ended after " + after, e);
      }
    }
  }

  private List<String> values(
      Setting<?> setting, LiveServer live, Map<String, List<String>> backends) throws Exception {
    if (ENDING.contains(setting.name())) {
      return List.of();
    }
    if (backends.containsKey(setting.name())) {
      return backends.get(setting.name());
    }
    if (setting.name().equals("target_max")) {
      return List.of("4K", "8K"); // its bound is another setting
    }
    if (setting.name().equals("serverport")) {
      return List.of("0");
    }
    String now = live.value(setting.name());
    return switch (setting.kind()) {
      case Kind.Flag _ -> List.of(now.equals("1") ? "0" : "1", now);
      case Kind.Choice<?> choice -> words(choice, now);
      case Kind.Whole whole -> List.of("" + more(Long.parseLong(now), whole.most()), now);
      case Kind.Size size -> List.of(size.print(more(size.read(now), size.most())), now);
      case Kind.Seconds time -> List.of(time.print(more(time.read(now), time.mostMillis())), now);
      case Kind.Mode _ -> List.of("0", now);
      case Kind.Text<?> _, Kind.ListOf<?> _ -> text(setting.name());
    };
  }

  private List<String> text(String name) {
    List<String> values = texts().get(name);
    assertTrue(values != null, () -> "no other good value is known of " + name);
    return values;
  }

  private static long more(long now, long most) {
    return Math.min(most, MOST_FACTOR * now + 1);
  }

  private static List<String> words(Kind.Choice<?> choice, String now) {
    var words = new ArrayList<String>(List.of(choice.form().split(" or ")));
    words.add(now);
    return words;
  }

  private String otherEngine() {
    return Engine.values()[1 - engine.ordinal()].setting();
  }
}
