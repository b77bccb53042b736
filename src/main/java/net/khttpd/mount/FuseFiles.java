package net.khttpd.mount;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.kernel.Errno;
import net.khttpd.log.EventLog;
import net.khttpd.settings.OperatorException;
import org.cryptomator.jfuse.api.DirFiller;
import org.cryptomator.jfuse.api.FileInfo;
import org.cryptomator.jfuse.api.FuseConfig;
import org.cryptomator.jfuse.api.FuseConnInfo;
import org.cryptomator.jfuse.api.FuseOperations;
import org.cryptomator.jfuse.api.Stat;
import org.cryptomator.jfuse.api.TimeSpec;
import org.jspecify.annotations.Nullable;

/// The operations of FUSE on the tree. Called by some ten threads of libfuse; answers are 0 or
/// more, or `-errno`.
///
/// No exception may leave an operation, for it would end the JVM. None takes a lock that a loop or
/// the lifecycle thread takes for long; a write waits for its effect, as those of `sysctl` do.
final class FuseFiles implements FuseOperations {
  private static final int DIRECTORY = Stat.S_IFDIR | 0555;
  private static final int SETTING = Stat.S_IFREG | 0644;
  private static final int STATISTIC = Stat.S_IFREG | 0444;

  /// The size we tell is a multiple of this, as sysfs tells of its files: programs that go by the
  /// size (cp) read at least so far, and others until the end, since every read comes to us.
  private static final int SIZE = 4096;

  private static final int ACCESS_MODE = 3;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;

  private static final Set<Operation> SUPPORTED =
      Set.of(
          Operation.INIT,
          Operation.GET_ATTR,
          Operation.READ_DIR,
          Operation.OPEN,
          Operation.READ,
          Operation.WRITE,
          Operation.RELEASE,
          Operation.TRUNCATE,
          Operation.CREATE,
          Operation.MKDIR,
          Operation.UNLINK,
          Operation.CHMOD,
          Operation.CHOWN,
          Operation.UTIMENS);

  private final FileTree tree;
  private final Values values;
  private final EventLog log;
  private final org.cryptomator.jfuse.api.Errno errno;
  private final int user;
  private final int group;
  private final Opened opened = new Opened();
  private final Instant since = Instant.now();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile @Nullable String fault = "the kernel has not asked for anything";

  /// @param errno of the library, which wants them back
  FuseFiles(
      FileTree tree,
      Values values,
      EventLog log,
      org.cryptomator.jfuse.api.Errno errno,
      int user,
      int group) {
    this.tree = tree;
    this.values = values;
    this.log = log;
    this.errno = errno;
    this.user = user;
    this.group = group;
  }

  /// Why the files cannot be shown as they should; null if they can.
  @Nullable String fault() {
    return fault;
  }

  /// Operations that have begun and not ended.
  int underWay() {
    return underWay.get();
  }

  @Override
  public org.cryptomator.jfuse.api.Errno errno() {
    return errno;
  }

  @Override
  public Set<Operation> supportedOperations() {
    return SUPPORTED;
  }

  @Override
  public void init(FuseConnInfo connection, @Nullable FuseConfig config) {
    int _ =
        answer(() -> {
          fault = config == null ? "libfuse is too old" : DirectIo.set(config);
          return 0;
        });
  }

  @Override
  public int getattr(String path, Stat stat, @Nullable FileInfo file) {
    return answer(() ->
        switch (tree.find(path)) {
          case null -> -Errno.ENOENT;
          case Node.Directory _ -> describe(stat, DIRECTORY, 2, 0);
          case Node.File found ->
              describe(stat, found.writable() ? SETTING : STATISTIC, 1, size(found));
        });
  }

  private static long size(Node.File found) {
    return SIZE * (long) Math.max(1, Math.ceilDiv(found.content().length, SIZE));
  }

  private int describe(Stat stat, int mode, int links, long size) {
    stat.setMode(mode);
    stat.setNLink((short) links);
    stat.setSize(size);
    stat.setUid(user);
    stat.setGid(group);
    for (TimeSpec time : new TimeSpec[] {stat.aTime(), stat.mTime(), stat.cTime()}) {
      time.set(since);
    }
    return 0;
  }

  @Override
  public int readdir(String path, DirFiller filler, long offset, FileInfo file, int flags) {
    return answer(() ->
        tree.find(path) instanceof Node.Directory found ? list(found, filler) : -Errno.ENOTDIR);
  }

  /// Names and kinds; who wants more of one asks for its attributes.
  private static int list(Node.Directory directory, DirFiller filler) {
    int full = filler.fill(".", stat -> stat.setMode(DIRECTORY), 0, 0);
    full += filler.fill("..", stat -> stat.setMode(DIRECTORY), 0, 0);
    for (var each : directory.names().entrySet()) {
      int mode = each.getValue() ? DIRECTORY : SETTING;
      full += filler.fill(each.getKey(), stat -> stat.setMode(mode), 0, 0);
    }
    return full == 0 ? 0 : -Errno.ENOMEM;
  }

  @Override
  public int open(String path, FileInfo file) {
    return answer(() ->
        switch (tree.find(path)) {
          case null -> -Errno.ENOENT;
          case Node.Directory _ -> -Errno.EISDIR;
          case Node.File found -> open(found, file);
        });
  }

  private int open(Node.File found, FileInfo file) {
    int mode = file.getFlags() & ACCESS_MODE;
    if (mode != READ_ONLY && !found.writable()) {
      return -Errno.EACCES;
    }
    long number = opened.open(mode == WRITE_ONLY ? null : found.content());
    if (number < 0) {
      return -Errno.ENOMEM;
    }
    file.setFh(number);
    return 0;
  }

  @Override
  public int release(String path, FileInfo file) {
    return answer(() -> {
      opened.close(file.getFh());
      return 0;
    });
  }

  @Override
  public int read(String path, ByteBuffer into, long count, long offset, FileInfo file) {
    return answer(() -> {
      Opened.Handle handle = opened.get(file.getFh());
      byte[] content = handle == null ? null : handle.content();
      if (content == null) {
        return -Errno.EBADF;
      }
      int from = (int) Math.min(content.length, offset);
      int length = (int) Math.min(content.length - from, count);
      into.put(content, from, length);
      return length;
    });
  }

  /// One write is one value, wherever in the file it is written to: `>`, `>>` and a second value on
  /// the same descriptor are the same.
  @Override
  public int write(String path, ByteBuffer from, long count, long offset, FileInfo file) {
    return answer(() -> {
      Opened.Handle handle = opened.get(file.getFh());
      if (handle == null || !(tree.find(path) instanceof Node.File found)) {
        return -Errno.EBADF;
      }
      var bytes = new byte[(int) count];
      from.get(bytes);
      int refused = values.write(found.name(), bytes, handle);
      return refused < 0 ? refused : bytes.length;
    });
  }

  /// `>` truncates before it writes: that alone is no write of an empty value.
  @Override
  public int truncate(String path, long size, @Nullable FileInfo file) {
    return size == 0 ? 0 : -Errno.EINVAL;
  }

  /// A name that no setting has, to whoever may make files.
  @Override
  public int create(String path, int mode, FileInfo file) {
    return -Errno.ENOENT;
  }

  @Override
  public int mkdir(String path, int mode) {
    return -Errno.EPERM;
  }

  @Override
  public int unlink(String path) {
    return -Errno.EPERM;
  }

  @Override
  public int chmod(String path, int mode, @Nullable FileInfo file) {
    return -Errno.EPERM;
  }

  @Override
  public int chown(String path, int uid, int gid, @Nullable FileInfo file) {
    return -Errno.EPERM;
  }

  @Override
  public int utimens(String path, TimeSpec read, TimeSpec written, @Nullable FileInfo file) {
    return -Errno.EPERM;
  }

  private interface Answer {
    int give() throws OperatorException;
  }

  private int answer(Answer answer) {
    underWay.incrementAndGet();
    try {
      return answer.give();
    } catch (OperatorException nobody) {
      log.event("mount-nobody", values.setting() + ": " + nobody.sentence());
      return -Errno.EIO;
    } catch (RuntimeException | Error fault) {
      log.event("fault", values.setting() + ": a fault of ours: " + fault);
      return -Errno.EIO;
    } finally {
      underWay.decrementAndGet();
    }
  }
}
