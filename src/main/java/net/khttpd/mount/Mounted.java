package net.khttpd.mount;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import net.khttpd.kernel.FileCalls;
import net.khttpd.kernel.OpenFlags;
import net.khttpd.kernel.UnixCalls;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;

/// A directory that shows a server's settings and statistics, from [#at] to [#close].
///
/// Requests come on threads of libfuse, never on one of ours. Making and closing may block for the
/// file system that the directory lies on; closing has a bound of some seconds otherwise.
public final class Mounted implements AutoCloseable {
  private static final String OPTIONS =
      "fsname=khttpd,subtype=khttpd,nosuid,nodev,noexec,default_permissions,attr_timeout=0";
  private static final Path CONFIGURATION = Path.of("/etc/fuse.conf");
  private static final Pattern ALLOWED = Pattern.compile("(?m)^\\s*user_allow_other\\s*$");

  private final MountPoint point;
  private final FuseSession session;

  private Mounted(MountPoint point, FuseSession session) {
    this.point = point;
    this.session = session;
  }

  /// Shows `source` there. A dead mount of an earlier server is taken away first.
  ///
  /// @param setting or command that wants it: what sentences and the log begin with
  /// @throws OperatorException why not, in one sentence; then nothing is left behind
  public static Mounted at(Path directory, String setting, Source source, EventLog log)
      throws OperatorException {
    Path library = FuseNeeds.library(Path.of("/"), setting);
    MountPoint point = MountPoint.prepare(directory, setting, log);
    var values = new Values(source, setting, point.path(), log);
    FuseSession session;
    try {
      session = FuseSession.open(library, point.path(), options(), values, source, log);
    } catch (OperatorException e) {
      boolean _ = point.unmount();
      throw e;
    } catch (LinkageError e) {
      boolean _ = point.unmount();
      throw new OperatorException(setting + ": jfuse or libfuse3 cannot be loaded: " + e, e);
    }
    var mounted = new Mounted(point, session);
    String fault = session.fault();
    if (fault != null) {
      mounted.close();
      throw new OperatorException(setting + ": " + fault);
    }
    return mounted;
  }

  /// Where it is, links resolved.
  public Path directory() {
    return point.path();
  }

  /// Returns when somebody has unmounted it; poll(2) tells of each change of the mount table.
  public void awaitUnmounted() throws IOException {
    var files = new FileCalls();
    byte[] table = "/proc/self/mountinfo".getBytes(UTF_8);
    int fd = files.open(OpenFlags.AT_FDCWD, table, 0, table.length, OpenFlags.O_RDONLY, 0);
    try {
      var calls = new UnixCalls();
      while (point.isMounted()) {
        calls.poll(fd, UnixCalls.POLLPRI, 1_000);
      }
    } finally {
      files.close(fd);
    }
  }

  /// Unmounts. Who is using the files has a second to end; an answer under way is given.
  @Override
  public void close() {
    if (point.unmount()) {
      session.close();
    }
  }

  /// Others than the owner may look: for root always, for users where the machine allows it.
  private static String options() {
    return ProcessUser.id() == 0 || othersAllowed() ? OPTIONS + ",allow_other" : OPTIONS;
  }

  private static boolean othersAllowed() {
    try {
      return ALLOWED.matcher(Files.readString(CONFIGURATION)).find();
    } catch (IOException none) {
      return false;
    }
  }
}
