package net.khttpd.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Connections whose handshake is under way, as /proc/net/tcp (proc(5)) shows them.
public final class HalfOpen {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

  /// TCP_SYN_RECV of `linux/tcp_states.h`, in the column `st`.
  private static final String SYN_RECEIVED = "03";

  private HalfOpen() {}

  /// Whether there is any on this local port. False if the tables cannot be read.
  public static boolean on(int port) {
    return TABLES.stream().anyMatch(table -> on(table, ":%04X".formatted(port)));
  }

  private static boolean on(Path table, String port) {
    try (Stream<String> lines = Files.lines(table)) {
      return lines.anyMatch(line -> is(line.strip().split("\\s+", 5), port));
    } catch (IOException | java.io.UncheckedIOException e) {
      return false; // no IPv6, or no /proc: the bound of the wait must do
    }
  }

  /// The columns are number, local address, remote address, state.
  private static boolean is(String[] columns, String port) {
    return columns.length > 3 && columns[1].endsWith(port) && columns[3].equals(SYN_RECEIVED);
  }
}
