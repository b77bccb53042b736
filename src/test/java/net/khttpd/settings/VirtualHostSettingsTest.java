package net.khttpd.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The family `vhost.NAME.SETTING`: made by a write, taken away with its host, read back from what
/// is listed.
final class VirtualHostSettingsTest {
  @TempDir Path directory;

  private static Draft draft(String... writes) throws OperatorException {
    Draft draft = Draft.ofDefaults();
    for (String write : writes) {
      draft.write(write);
    }
    return draft;
  }

  private static List<String> listed(Settings settings) {
    return Listing.of(settings).stream().filter(l -> l.startsWith("net.khttpd.vhost")).toList();
  }

  @Test
  void aWriteMakesItsHostAndTheListingSaysBoth() throws Exception {
    Settings settings =
        draft(
                "vhost.Example.COM.documentroot=/srv/a",
                "net.khttpd.vhost.*.example.com.index=home.html",
                "net/khttpd/vhost/default/documentroot=/srv/d",
                "vhost.*.example.com.index=start.html")
            .snapshot();
    assertEquals(
        List.of(
            "net.khttpd.vhost = example.com",
            "net.khttpd.vhost = *.example.com",
            "net.khttpd.vhost = default",
            "net.khttpd.vhost.example.com.documentroot = /srv/a",
            "net.khttpd.vhost.*.example.com.index = home.html",
            "net.khttpd.vhost.*.example.com.index = start.html",
            "net.khttpd.vhost.default.documentroot = /srv/d"),
        listed(settings));
    assertEquals("/srv/a", settings.ofHost("example.com").documentRoot());
    assertEquals(List.of("home.html", "start.html"), settings.ofHost("*.example.com").index());
    assertEquals("/var/www", settings.ofHost("*.example.com").documentRoot());
  }

  @Test
  void removingAHostTakesAllOfIt() throws Exception {
    Draft draft = draft("vhost.a.index=x", "vhost.a.documentroot=/a", "vhost.b.index=y");
    draft.write("vhost=-a");
    assertEquals(
        List.of("net.khttpd.vhost = b", "net.khttpd.vhost.b.index = y"), listed(draft.snapshot()));
    draft.write("vhost.b.index=-");
    assertEquals(List.of("net.khttpd.vhost = b"), listed(draft.snapshot()));
    assertThrows(OperatorException.class, () -> draft.write("vhost.b.index=-"));
  }

  @Test
  void aHostsListHoldsInsteadOfTheTops() throws Exception {
    Settings settings =
        draft("dynamic=/x/", "vhost.a.dynamic=/y/", "backend=b:1", "vhost.a.backend=c:2", "vhost=d")
            .snapshot();
    assertEquals(List.of("/y/"), settings.ofHost("a").dynamic());
    assertEquals("[Tcp[host=c, port=2]]", settings.ofHost("a").passOnTo().toString());
    assertEquals(settings.passOnTo(), settings.ofHost("d").passOnTo());
    assertTrue(settings.ofHost("d").dynamic().contains("/x/"));
  }

  @Test
  void whatIsListedIsReadBack() throws Exception {
    Settings settings =
        draft(
                "vhost.a.b.backend=c:2",
                "vhost.a.b.backend=-c:2",
                "vhost.a.b.error_page=404 /e.html",
                "vhost.default.try=/i.html",
                "vhost.::1.autoindex=1",
                "vhost=plain")
            .snapshot();
    Path file = directory.resolve("saved");
    Files.write(file, Listing.of(settings));
    Draft read = Draft.ofDefaults();
    ConfFile.read(file, read);
    assertEquals(Listing.of(settings), Listing.of(read.snapshot()));
    Draft loaded = draft("vhost.gone.index=x", "vhost.a.b.index=y", "vhost.default.dynamic=z");
    ConfFile.load("saved", Listing.of(settings), loaded, false);
    assertEquals(Listing.of(settings), Listing.of(loaded.snapshot()));
  }

  /// A file may name the settings of a host before it names the host.
  @Test
  void theOrderOfAFileDoesNotMatter() throws Exception {
    Draft draft = draft("vhost.old.index=x");
    ConfFile.load("f", List.of("vhost.a.index = y", "vhost = a", "vhost = b"), draft, false);
    assertEquals(
        List.of("net.khttpd.vhost = a", "net.khttpd.vhost = b", "net.khttpd.vhost.a.index = y"),
        listed(draft.snapshot()));
  }

  @Test
  void aNameThatIsNoSettingIsToldWhatThereIs() {
    var refusal =
        assertThrows(OperatorException.class, () -> SettingsTree.find("vhost.a.test.threads"));
    assertEquals(
        "unknown setting 'vhost.a.test.threads'; a virtual host sets vhost.NAME.documentroot,"
            + " index, autoindex, try, error_page, dynamic, cache_control, header,"
            + " backend",
        refusal.sentence());
  }

  @Test
  void anUnsetMemberReadsAsWhatHolds() throws Exception {
    Settings settings = draft("documentroot=/top", "vhost=a").snapshot();
    assertEquals(
        List.of("net.khttpd.vhost.a.documentroot = /top"),
        Listing.valueOf(SettingsTree.find("vhost.a.documentroot"), settings));
  }
}
