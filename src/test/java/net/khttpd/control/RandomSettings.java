package net.khttpd.control;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import net.khttpd.settings.Kind;
import net.khttpd.settings.Setting;
import net.khttpd.settings.SettingsTree;

/// Values that settings take, at random, for those that say nothing about ports and machines of the
/// test.
final class RandomSettings {
  /// What the test's server needs as it is, and what is checked against other settings.
  private static final List<String> FIXED =
      List.of(
          "serverport",
          "address",
          "threads",
          "engine",
          "start",
          "stop",
          "unload",
          "drain",
          "proc_mount",
          "documentroot",
          "clientport",
          "access_log",
          "head_max",
          "target_max",
          "logging");

  private static final Map<String, List<String>> TEXTS =
      Map.ofEntries(
          Map.entry("index", List.of("auto", "index.html", "default.htm", "ä b.html")),
          Map.entry("try", List.of("/index.html", "/a b/ä.html")),
          Map.entry("error_page", List.of("404 /404.html", "405 /a b.html", "404 /x.html")),
          Map.entry("vhost", List.of("a.b", "*.example.org", "default", "127.0.0.1")),
          Map.entry("dynamic", List.of("cgi-bin", "..", "=x", "a b", "#x", ";", "日本")),
          Map.entry("active", List.of("php*", "sh", "~", "cgi", "html")),
          Map.entry("marker", List.of(".htaccess", ".private", "noindex")),
          Map.entry("hosts", List.of("localhost", "*.example.org", "a.b", "127.0.0.1")),
          Map.entry("query", List.of("pass", "ignore", "v=[0-9]+", "a|b")),
          Map.entry("symlink_roots", List.of("/tmp", "/srv/a b", "/usr")),
          Map.entry("default_type", List.of("text/plain", "application/octet-stream")),
          Map.entry("mime", List.of("foo=text/foo", "bar=text/plain", "html=text/html")),
          Map.entry("charset", List.of("", "utf-8", "ISO-8859-1")),
          Map.entry("backend", List.of("127.0.0.1:1", "[::1]:2", "unix:/tmp/a b", "localhost:3")),
          Map.entry("balance", List.of("round-robin", "least-connections", "hash-path")),
          Map.entry("backend_weight", List.of("127.0.0.1:1 3", "unix:/tmp/a b 256", "[::1]:2 1")),
          Map.entry("backend_drain", List.of("127.0.0.1:1", "unix:/tmp/a b", "localhost:3")),
          Map.entry(
              "route",
              List.of("*/ä unix:/tmp/a b", "*.a.b/ [::1]:2,localhost:3", "x/ 127.0.0.1:1")),
          Map.entry("sendfile_header", List.of("off", "on", "X-Sendfile", "X-Accel-Redirect")),
          Map.entry("internal_root", List.of("", "/tmp", "/usr")),
          Map.entry("handover", List.of("", "unix:/tmp/a b", "unix:/tmp/b,peek")),
          Map.entry("backend_check", List.of("off", "/health?x=y", "/")),
          Map.entry(
              "cache_control",
              List.of("/** no-cache", "*.js public, max-age=9", "/ä?/* private=\"a b\"")),
          Map.entry("header", List.of("/** X-A: b", "*.html Link: </a>; rel=x", "/* X: a  b")),
          Map.entry("metrics_address", List.of("", "127.0.0.1:0", "localhost:0")),
          Map.entry("trust", List.of("127.0.0.1", "10.0.0.0/8", "fd00::/8")),
          Map.entry("access_log_format", List.of("combined", "common", "%h \"%r\" %>s")));

  private RandomSettings() {}

  /// The settings that may be written at random.
  static List<Setting<?>> all() {
    return SettingsTree.all().stream().filter(s -> !FIXED.contains(s.name())).toList();
  }

  /// A value that the setting takes; of a list an entry.
  static String value(Setting<?> setting, RandomGenerator random) {
    Kind<?> kind = setting.kind() instanceof Kind.ListOf<?> list ? list.entry() : setting.kind();
    return switch (kind) {
      case Kind.Whole whole -> "" + between(whole.least(), whole.most(), random);
      case Kind.Mode _ -> "0" + Long.toOctalString(random.nextInt(07777777));
      case Kind.Size size -> "" + between(size.least(), size.most(), random);
      case Kind.Seconds seconds ->
          String.valueOf(between(seconds.leastMillis(), seconds.mostMillis(), random) / 1000.0);
      case Kind.Flag _ -> random.nextBoolean() ? "1" : "0";
      case Kind.Choice<?> choice -> {
        var words = choice.form().split(" or ");
        yield words[random.nextInt(words.length)];
      }
      case Kind.Text<?> _ -> {
        List<String> texts = TEXTS.getOrDefault(setting.name(), List.of());
        if (texts.isEmpty()) {
          throw new AssertionError("give RandomSettings texts for " + setting.name());
        }
        yield texts.get(random.nextInt(texts.size()));
      }
      case Kind.ListOf<?> _ -> throw new AssertionError("a list of lists");
    };
  }

  /// Small values are likelier: the bounds of some are far from what is used.
  private static long between(long least, long most, RandomGenerator random) {
    long bound = Math.min(most, least + (1L << random.nextInt(1, 24)));
    return least == bound ? least : random.nextLong(least, bound + 1);
  }
}
