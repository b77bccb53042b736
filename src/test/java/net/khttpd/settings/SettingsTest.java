package net.khttpd.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
  @TempDir private Path directory;

  private static List<Setting<?>> all() {
    return SettingsTree.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void theDefaultIsReadBackFromItsPrint(Setting<?> setting) throws Exception {
    Settings defaults = Settings.defaults();
    assertEquals(Listing.of(setting, defaults), listedAfterReading(setting, defaults));
  }

  @ParameterizedTest
  @MethodSource("all")
  void everySettingRefusesAControlCharacterAndKeepsItsValue(Setting<?> setting) {
    Draft draft = Draft.ofDefaults();
    List<String> before = Listing.of(setting, draft.snapshot());
    var refusal =
        assertThrows(OperatorException.class, () -> draft.write(setting.name(), "1\u0007x"));
    assertTrue(refusal.sentence().startsWith(setting.name() + ": "), refusal.sentence());
    assertEquals(before, Listing.of(setting, draft.snapshot()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serverport          | 8080
          clientport          | 80
          documentroot        | /var/www
          start               | 0
          stop                | 0
          unload              | 0
          maxconnect          | 1000
          maxconnect_client   | 0
          perm_required       | 04
          perm_forbid         | 041111
          sloppymime          | 0
          logging             | 0
          engine              | auto
          address             | *
          query               | pass
          pass_authorization  | 1
          default_type        | application/octet-stream
          via                 | 1
          access_log          | -
          access_log_format   | combined
          head_max            | 16384
          head_fields         | 100
          target_max          | 8192
          timeout_head        | 10
          timeout_idle        | 60
          timeout_send        | 30
          timeout_connect     | 3
          timeout_backend     | 60
          timeout_tunnel      | 3600
          drain               | 10
          backend_idle        | 4
          backend_maxconn     | 100
          balance             | round-robin
          backend_resolve     | 30
          backend_retries     | 2
          backend_eject       | 3
          backend_eject_window | 10
          backend_eject_time  | 10
          backend_check       | off
          backend_check_interval | 2
          backend_check_timeout | 2
          backend_check_rise  | 2
          backend_check_fall  | 3
          etag                | stat
          """)
  void theDefaultIs(String name, String printed) throws Exception {
    assertEquals(
        List.of("net.khttpd." + name + " = " + printed),
        Listing.of(SettingsTree.find(name), Settings.defaults()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serverport        | 0            | 0
          serverport        | 65535        | 65535
          serverport        | 0x1F90       | 8080
          serverport        | 017620       | 8080
          net.khttpd.threads| 256          | 256
          net/khttpd/threads| 1            | 1
          perm_forbid       | 73           | 0111
          perm_forbid       | 0            | 0
          perm_required     | 0x4          | 04
          cache_bytes       | 1M           | 1048576
          timeout_connect   | 0.5          | 0.5
          timeout_connect   | 0.250        | 0.25
          timeout_idle      | 60.0         | 60
          engine            | io_uring     | io_uring
          address           | ::1          | ::1
          query             | v=[0-9]+     | v=[0-9]+
          query             | ignore       | ignore
          etag              | content      | content
          access_log        | /var/log/k   | /var/log/k
          charset           | utf-8        | utf-8
          metrics_address   | [::1]:9100   | [::1]:9100
          metrics_address   | Localhost:0  | localhost:0
          metrics_address   | 127.0.0.1:1  | 127.0.0.1:1
          proc_mount        | /run/a b     | /run/a b
          """)
  void aGoodValuePrintsAs(String name, String value, String printed) throws Exception {
    Setting<?> setting = SettingsTree.find(name);
    Settings written = Draft.ofDefaults().write(name, value).snapshot();
    assertEquals(List.of(setting + " = " + printed), Listing.of(setting, written));
    assertEquals(Listing.of(setting, written), listedAfterReading(setting, written));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serverport          | 65536
          serverport          | -1
          serverport          | 08
          serverport          | 0x
          serverport          | 99999999999999999999
          serverport          | 1 2
          serverport          | ''
          threads             | 0
          threads             | 257
          maxconnect          | 0
          maxconnect          | 1048577
          perm_forbid         | 010000000
          sloppymime          | 2
          engine              | kqueue
          documentroot        | www
          documentroot        | ''
          address             | localhost
          address             | 1.2.3
          timeout_head        | 0
          timeout_head        | .5
          timeout_head        | 1.2345
          timeout_head        | 1e3
          head_max            | 1023
          cache_bytes         | 1T
          query               | v=(
          etag                | md5
          default_type        | text
          access_log          | access.log
          access_log_format   | %y
          access_log_format   | %{Referer
          backend             | app
          backend             | app:0
          backend             | app:65536
          backend             | ::1:80
          backend             | [1.2.3.4]:80
          backend             | unix:run/app
          backend             | a b:80
          backend             | ''
          backend             | -app:80
          balance             | hash
          backend_weight      | app:80
          backend_weight      | app:80 0
          route               | */api
          route               | */api app
          route               | */api app:80,
          route               | */a/../b app:80
          route               | a*b/api app:80
          backend_check       | health
          trust               | 10.0.0.1/8
          trust               | 10.0.0.0/33
          trust               | ::/129
          trust               | host
          hosts               | *.
          hosts               | a..b
          mime                | avif
          mime                | =image/avif
          mime                | avif=image
          active              | *php
          active              | .php
          index               | a/b
          index               | ..
          marker              | /etc
          symlinks            | all
          symlink_roots       | srv
          charset             | a b
          metrics_address     | 9100
          proc_mount          | run/khttpd
          metrics_address     | :9100
          metrics_address     | a:65536
          metrics_address     | a:
          metrics_address     | ::1:9100
          metrics_address     | [1.2.3.4]:80
          metrics_address     | a b:80
          """)
  void aBadValueIsRefusedNamingTheSetting(String name, String value) {
    Draft draft = Draft.ofDefaults();
    List<String> before = Listing.of(draft.snapshot());
    var refusal = assertThrows(OperatorException.class, () -> draft.write(name, value));
    assertTrue(refusal.sentence().startsWith(name + ": '" + value + "' "), refusal.sentence());
    assertEquals(before, Listing.of(draft.snapshot()));
  }

  @Test
  void aWriteAddsOneEntryAndMinusRemovesIt() throws Exception {
    Draft draft = Draft.ofDefaults().write("dynamic=php3").write("dynamic=php3");
    assertEquals(List.of("cgi-bin", "..", "php3"), draft.snapshot().dynamic());
    draft.write("net.khttpd.dynamic = -cgi-bin");
    assertEquals(List.of("..", "php3"), draft.snapshot().dynamic());
  }

  @Test
  void aListWithoutAllDefaultsPrintsTheClearingLineFirst() throws Exception {
    Settings settings = Draft.ofDefaults().write("dynamic=-cgi-bin").snapshot();
    assertEquals(
        List.of("net.khttpd.dynamic =", "net.khttpd.dynamic = .."),
        Listing.of(SettingsTree.find("dynamic"), settings));
  }

  @Test
  void everyListIsReadBackAfterAnyChange() throws Exception {
    Draft draft =
        Draft.ofDefaults()
            .write("dynamic=-..")
            .write("dynamic=-cgi-bin")
            .write("backend=app.example:8081")
            .write("backend=[::1]:8082")
            .write("backend=unix:/run/app.sock")
            .write("index=-auto")
            .write("index=start.html")
            .write("hosts=*.Example.org")
            .write("trust=10.0.0.0/8")
            .write("trust=2001:db8::/32")
            .write("mime=AVIF=image/avif")
            .write("mime=md=text/markdown; charset=utf-8")
            .write("active=-php*")
            .write("marker=.private")
            .write("symlink_roots=/srv/a b#c");
    Path file = directory.resolve("all.conf");
    Files.write(file, Listing.of(draft.snapshot()));
    Draft again = Draft.ofDefaults();
    ConfFile.read(file, again);
    assertEquals(Listing.of(draft.snapshot()), Listing.of(again.snapshot()));
    assertTrue(again.snapshot().dynamic().isEmpty());
  }

  @Test
  void aFileIsReadAsSysctlConfDescribes() throws Exception {
    Path file = directory.resolve("khttpd.conf");
    Files.writeString(
        file,
        """
        # a comment
        ; another

          net.khttpd.serverport =  8181\s
        threads=1
        -net.khttpd.nonesuch = 1
        - threads = many
        dynamic =
        dynamic = php
        mime = avif=image/avif
        """);
    Draft draft = Draft.ofDefaults();
    ConfFile.read(file, draft);
    Settings settings = draft.snapshot();
    assertEquals(8181, settings.serverPort());
    assertEquals(1, settings.threads());
    assertEquals(List.of("php"), settings.dynamic());
    assertEquals(List.of(new MediaTypeEntry("avif", "image/avif")), settings.mime());
  }

  @ParameterizedTest
  @CsvSource({"serverport,line 1: 'serverport' is not", "threads=0,line 1: threads: '0'"})
  void anErrorInAFileNamesFileAndLine(String line, String expected) throws Exception {
    Path file = directory.resolve("bad.conf");
    Files.writeString(file, line);
    var refusal =
        assertThrows(OperatorException.class, () -> ConfFile.read(file, Draft.ofDefaults()));
    assertTrue(refusal.sentence().contains("bad.conf " + expected), refusal.sentence());
  }

  @Test
  void aByteOrderMarkIsNotPartOfTheFirstName() throws Exception {
    Path file = directory.resolve("bom.conf");
    Files.writeString(file, "\uFEFFthreads = 3\r\nbacklog = 5\r\n");
    Draft draft = Draft.ofDefaults();
    ConfFile.read(file, draft);
    assertEquals(3, draft.snapshot().threads());
    assertEquals(5, draft.snapshot().backlog());
  }

  @ParameterizedTest
  @CsvSource({
    "threads,-1,out of bounds",
    "threads,99999999999999999999999999999999,out of bounds",
    "timeout_head,-1,out of bounds",
    "timeout_head,1e3,is not a number of seconds",
    "timeout_head,08,octal",
    "cache_bytes,1T,is not a number of bytes",
    "logging,yes,is not 0 or 1"
  })
  void theSentenceFitsTheKind(String name, String value, String expected) {
    var refusal =
        assertThrows(OperatorException.class, () -> Draft.ofDefaults().write(name, value));
    assertTrue(refusal.sentence().contains(expected), refusal.sentence());
  }

  @Test
  void aMissingFileAndADirectoryAreNamed() {
    for (String name : List.of("missing.conf", ".")) {
      Path file = directory.resolve(name);
      var refusal =
          assertThrows(OperatorException.class, () -> ConfFile.read(file, Draft.ofDefaults()));
      assertTrue(refusal.sentence().startsWith("--conf " + file), refusal.sentence());
    }
  }

  @Test
  void anUnknownSettingIsNamedWithItsNeighbour() {
    var refusal =
        assertThrows(OperatorException.class, () -> Draft.ofDefaults().write("serverprt=1"));
    assertTrue(refusal.sentence().contains("'serverprt'; did you mean serverport?"));
  }

  @Test
  void autoIndexIsIndexHtmlOnlyWithoutABackend() throws Exception {
    assertEquals(List.of(), Settings.defaults().indexNames());
    assertEquals(
        List.of("index.html"), Draft.ofDefaults().write("clientport=0").snapshot().indexNames());
    assertEquals(
        List.of("a.html"), Draft.ofDefaults().write("index=a.html").snapshot().indexNames());
  }

  @Test
  void clientportAndBackendAreAskedInTurn() throws Exception {
    Settings both = Draft.ofDefaults().write("backend=unix:/run/a").snapshot();
    assertEquals(
        List.of(new BackendAddress.Tcp("127.0.0.1", 80), new BackendAddress.Unix("/run/a")),
        both.passOnTo());
    assertFalse(Draft.ofDefaults().write("clientport=0").snapshot().hasBackend());
  }

  @Test
  void anAddressRangeHoldsWhatSharesItsBits() throws Exception {
    AddressRange ten = AddressRange.read("10.0.0.0/8");
    long mapped = 0xFFFFL << 32;
    assertTrue(ten.contains(0, mapped | 0x0A01_0203L));
    assertFalse(ten.contains(0, mapped | 0x0B01_0203L));
    assertFalse(ten.contains(0, 0x0A01_0203L));
    AddressRange documentation = AddressRange.read("2001:db8::/32");
    assertTrue(documentation.contains(0x2001_0db8_ffff_ffffL, 1));
    assertFalse(documentation.contains(0x2001_0db9_0000_0000L, 1));
    assertTrue(AddressRange.read("::/0").contains(-1, -1));
  }

  @Test
  void everyDeclarationIsInItsGroup() throws Exception {
    for (Class<?> group :
        List.of(
            ServerSettings.class,
            StaticSettings.class,
            BackendSettings.class,
            LimitSettings.class,
            LogSettings.class)) {
      for (var field : group.getDeclaredFields()) {
        if (field.getType() == Setting.class) {
          assertTrue(all().contains(field.get(null)), field.getName());
        }
      }
    }
  }

  private List<String> listedAfterReading(Setting<?> setting, Settings settings) throws Exception {
    Path file = directory.resolve("one.conf");
    Files.write(file, Listing.of(setting, settings));
    Draft draft = Draft.ofDefaults();
    ConfFile.read(file, draft);
    return Listing.of(setting, draft.snapshot());
  }
}
