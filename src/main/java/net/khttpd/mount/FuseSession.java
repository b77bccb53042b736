package net.khttpd.mount;

import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import org.cryptomator.jfuse.api.Fuse;
import org.cryptomator.jfuse.api.FuseBuilder;
import org.cryptomator.jfuse.api.FuseMountFailedException;
import org.jspecify.annotations.Nullable;

/// A mount as jfuse has it: its threads and the memory of its callbacks.
final class FuseSession {
  private static final long REST_NANOS = 5_000_000;
  private static final long PATIENCE_NANOS = 2_000_000_000;

  private final Fuse fuse;
  private final FuseFiles files;
  private final EventLog log;

  private FuseSession(Fuse fuse, FuseFiles files, EventLog log) {
    this.fuse = fuse;
    this.files = files;
    this.log = log;
  }

  /// Mounts; the files are there when it returns.
  ///
  /// @param options for libfuse and the kernel, separated by commas
  static FuseSession open(
      Path library, Path directory, String options, Values values, Source source, EventLog log)
      throws OperatorException {
    FuseBuilder builder = FuseBuilder.getSupported();
    builder.setLibraryPath(library.toString());
    int user = ProcessUser.id();
    var files =
        new FuseFiles(
            new FileTree(source), values, log, builder.errno(), user, ProcessUser.group());
    var session = new FuseSession(builder.build(files), files, log);
    try {
      session.fuse.mount("khttpd", directory, "-o", options);
      return session;
    } catch (FuseMountFailedException | IllegalArgumentException e) {
      session.close();
      throw new OperatorException(
          values.setting()
              + ": "
              + directory
              + " cannot be mounted: "
              + e.getMessage()
              + (user == 0
                  ? "; it takes CAP_SYS_ADMIN, which a container may lack"
                  : "; a user other than root needs the package fuse3"),
          e);
    }
  }

  /// Why it cannot be used; null if it can.
  @Nullable String fault() {
    return files.fault();
  }

  /// Frees everything, after the kernel's end of the connection has been closed. Memory that a
  /// callback may still be in is leaked rather than freed under it.
  void close() {
    long deadlineNanos = System.nanoTime() + PATIENCE_NANOS;
    while (files.underWay() > 0 && System.nanoTime() < deadlineNanos) {
      LockSupport.parkNanos(REST_NANOS);
    }
    if (files.underWay() > 0) {
      log.event("a write to a setting's file has not ended: the memory of its mount is not freed");
      return;
    }
    try {
      fuse.close();
    } catch (TimeoutException e) {
      log.event("fault", "the threads of a mount did not end within ten seconds");
    }
  }
}
