package net.khttpd.settings;

import java.util.List;

/// The settings of a snapshot about several backends. What each means is said where it is declared.
///
/// @param drained their addresses
/// @param choice what decides which backend is asked
/// @param ejection when failures take a backend out
/// @param check what asks backends whether they are up
public record Balancing(
    Choice choice,
    List<BackendAddress> drained,
    long resolveMillis,
    int retries,
    Ejection ejection,
    Check check) {
  /// What decides which backend is asked.
  public record Choice(BalanceKind kind, List<BackendWeight> weights, List<RouteRule> routes) {
    /// The weight of a backend.
    public int weight(BackendAddress backend) {
      int weight = BackendWeight.INITIAL;
      for (BackendWeight each : weights) {
        weight = each.backend().equals(backend) ? each.weight() : weight;
      }
      return weight;
    }
  }

  /// When failures take a backend out.
  ///
  /// @param failures 0: never
  public record Ejection(int failures, long windowMillis, long outMillis) {}

  /// What asks backends whether they are up.
  ///
  /// @param proxy how its connections begin
  public record Check(
      String path,
      long intervalMillis,
      long timeoutMillis,
      int rise,
      int fall,
      BackendProxy proxy) {
    public boolean isOn() {
      return !path.equals(CheckPath.OFF);
    }
  }

  static Balancing of(Settings settings) {
    return new Balancing(
        new Choice(
            settings.get(BalanceSettings.BALANCE),
            settings.get(BalanceSettings.BACKEND_WEIGHT),
            settings.get(BalanceSettings.ROUTE)),
        settings.get(BalanceSettings.BACKEND_DRAIN),
        settings.get(BalanceSettings.BACKEND_RESOLVE),
        number(settings, BalanceSettings.BACKEND_RETRIES),
        new Ejection(
            number(settings, BalanceSettings.BACKEND_EJECT),
            settings.get(BalanceSettings.BACKEND_EJECT_WINDOW),
            settings.get(BalanceSettings.BACKEND_EJECT_TIME)),
        new Check(
            settings.get(BalanceSettings.BACKEND_CHECK),
            settings.get(BalanceSettings.BACKEND_CHECK_INTERVAL),
            settings.get(BalanceSettings.BACKEND_CHECK_TIMEOUT),
            number(settings, BalanceSettings.BACKEND_CHECK_RISE),
            number(settings, BalanceSettings.BACKEND_CHECK_FALL),
            settings.backendProxy()));
  }

  private static int number(Settings settings, Setting<Long> setting) {
    return Math.toIntExact(settings.get(setting));
  }
}
