package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: limits, times and memory.
final class LimitSettings {
  private static final long MEBIBYTE = 1 << 20;
  private static final long MOST_CACHE_BYTES = 1L << 40;

  static final Setting<Long> MAX_CONNECT =
      atOnce(
          "maxconnect",
          new Kind.Whole(1, 1_048_576, "connections"),
          1000L,
          "The most clients connected at a time; one more is answered 503 and closed.");
  static final Setting<Long> MAX_CONNECT_CLIENT =
      atOnce(
          "maxconnect_client",
          new Kind.Whole(0, 1_048_576, "connections"),
          0L,
          "The most connections of one client address at a time; 0 sets no limit.");
  static final Setting<Long> HEAD_MAX =
      atOnce(
          "head_max",
          new Kind.Size(1024, 65536),
          16384L,
          "The longest request head; a longer one is answered 431.");
  static final Setting<Long> HEAD_FIELDS =
      atOnce(
          "head_fields",
          new Kind.Whole(8, 1000, "fields"),
          100L,
          "The most fields of a request head; more are answered 431.");
  static final Setting<Long> TARGET_MAX =
      atOnce(
          "target_max",
          new Kind.Size(256, 65536),
          8192L,
          "The longest request target; a longer one is answered 414.");
  static final Setting<Long> TIMEOUT_HEAD =
      atOnce(
          "timeout_head",
          new Kind.Seconds(1, 3_600_000),
          10_000L,
          "How long a request head may take from its first byte; then 408.");
  static final Setting<Long> TIMEOUT_IDLE =
      atOnce(
          "timeout_idle",
          new Kind.Seconds(1, 86_400_000),
          60_000L,
          "How long a connection may be idle between requests before it is closed.");
  static final Setting<Long> TIMEOUT_SEND =
      atOnce(
          "timeout_send",
          new Kind.Seconds(1, 86_400_000),
          30_000L,
          "How long a client may take nothing of its answer before the connection is closed.");
  static final Setting<Long> SEND_RATE_MIN =
      atOnce(
          "send_rate_min",
          new Kind.Size(0, MEBIBYTE),
          100L,
          "The least bytes per second a client must take of its answer, measured over"
              + " timeout_send; 0 sets no rate.");
  static final Setting<Long> CACHE_BYTES =
      atOnce(
              "cache_bytes",
              new Kind.Size(0, MOST_CACHE_BYTES),
              Math.min(64 * MEBIBYTE, Machine.memoryLimit() / 8),
              "The most memory for bodies of files, shared by all loops; 0 keeps none.")
          .initially("67108864, or an eighth of the cgroup's memory limit if that is less");
  static final Setting<Long> CACHE_ENTRIES =
      atOnce(
          "cache_entries",
          new Kind.Whole(16, 16_777_216, "files"),
          65536L,
          "The most files remembered, absent ones included, within half of the JVM's heap.");
  static final Setting<Long> SENDFILE_MIN =
      atOnce(
          "sendfile_min",
          new Kind.Size(16384, 1 << 30),
          65_536L,
          "Bodies of at least so many bytes are sent from the file by sendfile(2), not cached.");

  static final List<Setting<?>> ALL =
      List.of(
          MAX_CONNECT,
          MAX_CONNECT_CLIENT,
          HEAD_MAX,
          HEAD_FIELDS,
          TARGET_MAX,
          TIMEOUT_HEAD,
          TIMEOUT_IDLE,
          TIMEOUT_SEND,
          SEND_RATE_MIN,
          CACHE_BYTES,
          CACHE_ENTRIES,
          SENDFILE_MIN);

  private LimitSettings() {}
}
