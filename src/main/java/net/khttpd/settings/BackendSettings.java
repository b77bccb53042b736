package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: whom we pass on to, and how.
final class BackendSettings {
  static final Setting<Long> CLIENT_PORT =
      atOnce(
          "clientport",
          new Kind.Whole(0, 65535, ""),
          80L,
          "The port of a backend on 127.0.0.1, asked besides those of backend; 0 is none.");
  static final Setting<List<BackendAddress>> BACKEND =
      atOnce(
          "backend",
          new Kind.ListOf<>(Texts.BACKEND),
          List.of(),
          "Backends asked in turn, besides that of clientport (set clientport=0 for these alone).");
  static final Setting<Long> TIMEOUT_CONNECT =
      atOnce(
          "timeout_connect",
          new Kind.Seconds(1, 3_600_000),
          3_000L,
          "How long a connect to a backend may take.");
  static final Setting<Long> TIMEOUT_BACKEND =
      atOnce(
          "timeout_backend",
          new Kind.Seconds(1, 86_400_000),
          60_000L,
          "How long a backend may be silent, before its first byte and later.");
  static final Setting<Long> TIMEOUT_TUNNEL =
      atOnce(
          "timeout_tunnel",
          new Kind.Seconds(1, 86_400_000),
          3_600_000L,
          "How long a tunnel (a WebSocket, or what else a 101 began) may be silent both ways.");
  static final Setting<Long> BACKEND_IDLE =
      atOnce(
          "backend_idle",
          new Kind.Seconds(0, 3_600_000),
          4_000L,
          "How long a backend connection is kept for the next request; 0 keeps none.");
  static final Setting<Long> BACKEND_MAXCONN =
      atOnce(
          "backend_maxconn",
          new Kind.Whole(1, 65535, "connections"),
          100L,
          "The most connections to one backend, over all loops; requests beyond it wait.");
  static final Setting<Long> BACKEND_QUEUE_TIMEOUT =
      atOnce(
          "backend_queue_timeout",
          new Kind.Seconds(0, 3_600_000),
          10_000L,
          "How long a request waits for a backend connection before it is answered 503.");
  static final Setting<Boolean> VIA =
      atOnce(
          "via",
          new Kind.Flag(),
          true,
          "Whether Via (RFC 9110 §7.6.3) is added to requests we pass on; a loop through ourselves"
              + " is seen by it.");
  static final Setting<List<AddressRange>> TRUST =
      atOnce(
          "trust",
          new Kind.ListOf<>(Texts.ADDRESS_RANGE),
          List.of(),
          "Clients whose X-Forwarded fields and Forwarded are appended to instead of overwritten.");

  static final List<Setting<?>> ALL =
      List.of(
          CLIENT_PORT,
          BACKEND,
          TIMEOUT_CONNECT,
          TIMEOUT_BACKEND,
          TIMEOUT_TUNNEL,
          BACKEND_IDLE,
          BACKEND_MAXCONN,
          BACKEND_QUEUE_TIMEOUT,
          VIA,
          TRUST);

  private BackendSettings() {}
}
