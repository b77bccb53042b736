package net.khttpd.settings;

import static net.khttpd.settings.Setting.atOnce;

import java.util.List;

/// Declarations: the server's life, where it listens and with how many threads.
final class ServerSettings {
  private static final int MOST_THREADS = 256;

  static final Setting<Long> SERVER_PORT =
      atOnce(
          "serverport",
          new Kind.Whole(0, 65535, ""),
          8080L,
          "The TCP port on which clients reach us; 0 takes a free one, kept over stop and start.");
  static final Setting<ListenAddress> ADDRESS =
      atOnce(
          "address",
          Texts.LISTEN_ADDRESS,
          ListenAddress.ANY,
          "The address on which we listen; * is any, IPv6 and IPv4 by one socket.");
  static final Setting<Long> BACKLOG =
      atOnce(
          "backlog",
          new Kind.Whole(1, 65535, "connections"),
          4096L,
          "How many connections may wait to be accepted (listen(2)); the kernel caps it at"
              + " net.core.somaxconn.");
  static final Setting<Long> THREADS =
      atOnce(
              "threads",
              new Kind.Whole(1, MOST_THREADS, "loops"),
              Machine.cpus(MOST_THREADS),
              "How many loops serve, each a thread with its own engine.")
          .initially("one per CPU");
  static final Setting<EngineChoice> ENGINE =
      atOnce(
          "engine",
          new Kind.Choice<>(EngineChoice.class),
          EngineChoice.AUTO,
          "What moves the bytes; auto takes io_uring where the kernel allows it, else epoll, and"
              + " logs why.");
  static final Setting<Boolean> START =
      atOnce(
          "start",
          new Kind.Flag(),
          false,
          "1 starts serving; khttpd run implies it, with start=0 it only loads.");
  static final Setting<Boolean> STOP =
      atOnce("stop", new Kind.Flag(), false, "1 drains and stops serving; the program stays.");
  static final Setting<Boolean> UNLOAD =
      atOnce("unload", new Kind.Flag(), false, "1 stops serving and ends the program.");
  static final Setting<Long> DRAIN =
      atOnce(
          "drain",
          new Kind.Seconds(0, 3_600_000),
          10_000L,
          "How long requests under way may take to end when we stop.");

  static final Setting<MetricsAddress> METRICS_ADDRESS =
      atOnce(
          "metrics_address",
          new Kind.Text<>(
              "HOST:PORT, [IPv6]:PORT or empty for none; port 0 takes a free one",
              MetricsAddress::read,
              MetricsAddress::text),
          MetricsAddress.NONE,
          "Where Prometheus may fetch the statistics, at /metrics: from the first start until"
              + " unload.");

  static final Setting<AcceptProxy> ACCEPT_PROXY =
      atOnce(
          "accept_proxy",
          new Kind.Choice<>(AcceptProxy.class),
          AcceptProxy.FORBIDDEN,
          "Whether each connection begins with a PROXY header (v1 or v2) that tells the client's"
              + " address; where it is required, only the balancer may be able to reach the port.");

  static final Setting<String> PROC_MOUNT =
      atOnce(
          "proc_mount",
          Texts.text(
              "the absolute path of an empty directory, or empty for none", Texts::mountPath),
          "",
          "Where all settings and statistics are shown as files (by FUSE, package fuse3), from load"
              + " to unload: root writes, all may read.");

  static final Setting<Boolean> SERVER =
      atOnce(
          "server",
          new Kind.Flag(),
          true,
          "Whether our answers say Server: khttpd; those of a backend keep what it says.");

  static final List<Setting<?>> ALL =
      List.of(
          SERVER_PORT,
          ADDRESS,
          BACKLOG,
          THREADS,
          ENGINE,
          START,
          STOP,
          UNLOAD,
          DRAIN,
          METRICS_ADDRESS,
          ACCEPT_PROXY,
          PROC_MOUNT,
          SERVER);

  private ServerSettings() {}
}
