package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: which of several backends is asked, and when one is not.
final class BalanceSettings {
  static final Setting<BalanceKind> BALANCE =
      atOnce(
          "balance",
          new Kind.Text<>(BalanceKind.FORM, BalanceKind::read, BalanceKind::text),
          BalanceKind.ROUND_ROBIN,
          "How the backend for a request is chosen among several.");
  static final Setting<List<BackendWeight>> BACKEND_WEIGHT =
      atOnce(
          "backend_weight",
          new Kind.ListOf<>(
              new Kind.Text<>(BackendWeight.FORM, BackendWeight::read, BackendWeight::text)),
          List.of(),
          "How many requests a backend gets, compared with the others; 1 where nothing is said.");
  static final Setting<List<BackendAddress>> BACKEND_DRAIN =
      atOnce(
          "backend_drain",
          new Kind.ListOf<>(Texts.BACKEND),
          List.of(),
          "Backends that get no new request; those under way finish, idle connections are closed.");
  static final Setting<List<RouteRule>> ROUTE =
      atOnce(
          "route",
          new Kind.ListOf<>(new Kind.Text<>(RouteRule.FORM, RouteRule::read, RouteRule::text)),
          List.of(),
          "Backends for requests of a host (a name, *.name or *) and below a path, instead of the"
              + " usual ones; the longest prefix counts.");
  static final Setting<Long> BACKEND_RESOLVE =
      atOnce(
          "backend_resolve",
          new Kind.Seconds(0, 86_400_000),
          30_000L,
          "How often the names of backends are looked up anew; 0 is never.");
  static final Setting<Long> BACKEND_RETRIES =
      atOnce(
          "backend_retries",
          new Kind.Whole(0, 16, ""),
          2L,
          "How often a request is sent once more after its connection ended without a byte of the"
              + " response, if its method is idempotent or the backend cannot have read any of it.");
  static final Setting<Long> BACKEND_EJECT =
      atOnce(
          "backend_eject",
          new Kind.Whole(0, 100, "failures"),
          3L,
          "So many failures within backend_eject_window take a backend out; 0 never does.");
  static final Setting<Long> BACKEND_EJECT_WINDOW =
      atOnce(
          "backend_eject_window",
          new Kind.Seconds(1, 3_600_000),
          10_000L,
          "The time in which the failures of backend_eject are counted.");
  static final Setting<Long> BACKEND_EJECT_TIME =
      atOnce(
          "backend_eject_time",
          new Kind.Seconds(1, 3_600_000),
          10_000L,
          "How long a backend is out before one request tries it.");
  static final Setting<String> BACKEND_CHECK =
      atOnce(
          "backend_check",
          new Kind.Text<>(CheckPath.FORM, CheckPath::read, path -> path),
          CheckPath.OFF,
          "What every backend is asked for again and again, to see whether it is up; an answer with"
              + " 2xx or 3xx says so.");
  static final Setting<Long> BACKEND_CHECK_INTERVAL =
      atOnce(
          "backend_check_interval",
          new Kind.Seconds(10, 3_600_000),
          2_000L,
          "The time between two checks of a backend.");
  static final Setting<Long> BACKEND_CHECK_TIMEOUT =
      atOnce(
          "backend_check_timeout",
          new Kind.Seconds(1, 3_600_000),
          2_000L,
          "How long a check may take before it has failed.");
  static final Setting<Long> BACKEND_CHECK_RISE =
      atOnce(
          "backend_check_rise",
          new Kind.Whole(1, 100, "checks"),
          2L,
          "So many good checks in a row bring a backend up.");
  static final Setting<Long> BACKEND_CHECK_FALL =
      atOnce(
          "backend_check_fall",
          new Kind.Whole(1, 100, "checks"),
          3L,
          "So many bad checks in a row take a backend down.");

  static final List<Setting<?>> ALL =
      List.of(
          BALANCE,
          BACKEND_WEIGHT,
          BACKEND_DRAIN,
          ROUTE,
          BACKEND_RESOLVE,
          BACKEND_RETRIES,
          BACKEND_EJECT,
          BACKEND_EJECT_WINDOW,
          BACKEND_EJECT_TIME,
          BACKEND_CHECK,
          BACKEND_CHECK_INTERVAL,
          BACKEND_CHECK_TIMEOUT,
          BACKEND_CHECK_RISE,
          BACKEND_CHECK_FALL);

  private BalanceSettings() {}
}
