package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.khttpd.frontdoor.AtOnceRows.Row;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.settings.Kind;
import net.khttpd.settings.Setting;
import net.khttpd.settings.Setting.Effect;
import net.khttpd.settings.SettingsTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every setting that acts at once, in a running server: its bounds, a bad value, its effect (L9 of
/// the original's faults).
final class AtOnceTest extends FrontDoor {
  private static final List<String> VERBS = List.of("start", "stop", "unload");

  @BeforeEngine
  void files() throws Exception {
    site.file("a.txt", "alpha")
        .file("home.html", "home")
        .file("home.html.gz", "coded")
        .file("sub/b.txt", "beta")
        .file("sub/.private", "")
        .file("a.weird", "weird")
        .file("20k.txt", "x".repeat(20_000))
        .sparse("large.txt", 30 << 20)
        .file("../other/a.txt", "other")
        .link("link", site.outside().resolve("other"));
    Files.setPosixFilePermissions(
        site.outside().resolve("other"),
        java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  static List<Row> rows() {
    return Stream.of(
            AtOnceRows.ofFiles(),
            AtOnceRows.ofClients(),
            AtOnceBackendRows.all(),
            AtOnceBalanceRows.all(),
            AtOnceHandoverRows.all(),
            AtOnceServerRows.all())
        .flatMap(List::stream)
        .toList();
  }

  private LiveServer live() {
    FrontServer server = own(FrontServer.start(engine, site.root(), List.of()));
    return new LiveServer(this, server, site);
  }

  @Test
  void everySettingThatActsAtOnceHasARow() {
    var declared = new TreeSet<String>();
    SettingsTree.all().stream()
        .filter(setting -> setting.effect() == Effect.AT_ONCE)
        .forEach(setting -> declared.add(setting.name()));
    var rows = new TreeSet<String>();
    rows().forEach(row -> rows.add(row.setting()));
    declared.removeAll(rows);
    assertTrue(declared.isEmpty(), declared + " have no row");
  }

  @ParameterizedTest
  @MethodSource("rows")
  void itsEffectIsThereWhenTheWriteReturns(Row row) throws Exception {
    row.effect().show(live());
  }

  @Test
  void aBadValueIsRefusedByNameAndTheOldOneStays() throws Exception {
    LiveServer live = live();
    for (Row row : rows()) {
      live.refuses(row.setting() + "=" + row.bad(), row.setting() + ": ");
      live.refuses(row.setting() + "=\u0007", row.setting() + ": ");
    }
    assertEquals("alpha", live.get("/a.txt").text());
  }

  @Test
  void theBoundsThemselvesAreTakenAndWhatIsBeyondIsRefused() throws Exception {
    LiveServer live = live();
    live.write("target_max=256", "head_max=64K");
    for (Row row : rows()) {
      Setting<?> setting = SettingsTree.find(row.setting());
      String before = live.value(row.setting());
      for (String bound : bounds(setting)) {
        live.write(setting.name() + "=" + bound);
        assertEquals(bound, live.value(setting.name()), setting.name());
      }
      for (String beyond : beyond(setting)) {
        live.refuses(setting.name() + "=" + beyond, setting.name() + ": ");
      }
      if (!setting.isList() && !VERBS.contains(setting.name())) {
        live.write(setting.name() + "=" + before);
      }
    }
    assertEquals("alpha", live.get("/a.txt").text());
  }

  private static List<String> bounds(Setting<?> setting) {
    if (VERBS.contains(setting.name())) {
      return List.of();
    }
    return switch (setting.kind()) {
      case Kind.Whole whole -> texts(whole, whole.least(), whole.most());
      case Kind.Size size -> texts(size, size.least(), size.most());
      case Kind.Seconds time -> texts(time, time.leastMillis(), time.mostMillis());
      case Kind.Mode mode -> texts(mode, 0, 07777777);
      case Kind.Flag _ -> List.of("0", "1");
      case Kind.Choice<?> _, Kind.Text<?> _, Kind.ListOf<?> _ -> List.of();
    };
  }

  private static List<String> beyond(Setting<?> setting) {
    return switch (setting.kind()) {
      case Kind.Whole whole -> texts(whole, whole.least() - 1, whole.most() + 1);
      case Kind.Size size -> texts(size, size.least() - 1, size.most() + 1);
      case Kind.Seconds time -> texts(time, time.leastMillis() - 1, time.mostMillis() + 1);
      case Kind.Mode _ -> List.of("-1", "010000000");
      case Kind.Flag _ -> List.of("-1", "2");
      case Kind.Choice<?> _, Kind.Text<?> _, Kind.ListOf<?> _ -> List.of();
    };
  }

  private static List<String> texts(Kind<Long> kind, long... values) {
    var texts = new ArrayList<String>();
    for (long value : values) {
      texts.add(value < 0 ? "-1" : kind.print(value));
    }
    return texts;
  }
}
