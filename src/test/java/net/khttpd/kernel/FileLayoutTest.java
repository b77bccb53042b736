package net.khttpd.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The layouts written by hand are those of this machine's C headers; needs gcc.
final class FileLayoutTest {
  private static final String PROGRAM =
      """
      #define _GNU_SOURCE
      #include <dirent.h>
      #include <fcntl.h>
      #include <linux/openat2.h>
      #include <poll.h>
      #include <stddef.h>
      #include <stdio.h>
      #include <sys/inotify.h>
      #include <sys/stat.h>
      #include <sys/statfs.h>
      #include <sys/syscall.h>
      #include <sys/uio.h>
      #define AT(name, type, field) printf(name "=%zu\\n", offsetof(struct type, field))
      int main(void) {
        AT("NLINK", statx, stx_nlink); AT("MODE", statx, stx_mode); AT("INO", statx, stx_ino);
        AT("SIZE", statx, stx_size); AT("CTIME_SEC", statx, stx_ctime.tv_sec);
        AT("CTIME_NSEC", statx, stx_ctime.tv_nsec); AT("MTIME_SEC", statx, stx_mtime.tv_sec);
        AT("MTIME_NSEC", statx, stx_mtime.tv_nsec); AT("DEV_MAJOR", statx, stx_dev_major);
        AT("DEV_MINOR", statx, stx_dev_minor); printf("BYTES=%zu\\n", sizeof(struct statx));
        AT("HOW_FLAGS", open_how, flags); AT("HOW_MODE", open_how, mode);
        AT("HOW_RESOLVE", open_how, resolve); printf("HOW=%zu\\n", sizeof(struct open_how));
        AT("F_TYPE", statfs, f_type); printf("STATFS=%zu\\n", sizeof(struct statfs));
        printf("O_DIRECTORY=%d\\nO_NOFOLLOW=%d\\n", O_DIRECTORY, O_NOFOLLOW);
        printf("O_PATH=%d\\nO_CLOEXEC=%d\\n", O_PATH, O_CLOEXEC);
        printf("RESOLVE=%d %d %d %d\\n", RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS,
               RESOLVE_BENEATH, RESOLVE_CACHED);
        printf("AT=%d %d %d\\n", AT_FDCWD, AT_EMPTY_PATH, AT_STATX_DONT_SYNC);
        AT("IOV_BASE", iovec, iov_base); AT("IOV_LEN", iovec, iov_len);
        printf("IOVEC=%zu\\n", sizeof(struct iovec)); printf("RWF_NOWAIT=%d\\n", RWF_NOWAIT);
        printf("SYS=%d %d\\n", SYS_openat2, SYS_getdents64);
        AT("RECLEN", dirent64, d_reclen); AT("D_NAME", dirent64, d_name);
        AT("WD", inotify_event, wd); AT("MASK", inotify_event, mask);
        AT("LEN", inotify_event, len); AT("NAME", inotify_event, name);
        printf("IN=%d %d %d %d %d %d\\n", IN_MODIFY, IN_ATTRIB, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE,
               IN_DELETE);
        printf("IN=%d %d %d %d %d\\n", IN_DELETE_SELF, IN_MOVE_SELF, IN_UNMOUNT, IN_Q_OVERFLOW,
               IN_IGNORED);
        printf("IN=%d %d\\n", IN_ONLYDIR, IN_ISDIR);
        AT("EVENTS", pollfd, events); AT("REVENTS", pollfd, revents);
        printf("POLLFD=%zu %d\\n", sizeof(struct pollfd), POLLIN);
        return 0;
      }
      """;

  @Test
  void offsetsAndFlagsAreThoseOfTheHeaders(@TempDir Path directory) throws Exception {
    Path source = directory.resolve("offsets.c");
    Path program = directory.resolve("offsets");
    Files.writeString(source, PROGRAM);
    run("gcc", "-o", program.toString(), source.toString());

    String expected =
        """
        NLINK=%d
        MODE=%d
        INO=%d
        SIZE=%d
        CTIME_SEC=%d
        CTIME_NSEC=%d
        MTIME_SEC=%d
        MTIME_NSEC=%d
        DEV_MAJOR=%d
        DEV_MINOR=%d
        BYTES=%d
        HOW_FLAGS=%d
        HOW_MODE=%d
        HOW_RESOLVE=%d
        HOW=%d
        F_TYPE=%d
        STATFS=%d
        O_DIRECTORY=%d
        O_NOFOLLOW=%d
        O_PATH=%d
        O_CLOEXEC=%d
        RESOLVE=%d %d %d %d
        AT=%d %d %d
        IOV_BASE=%d
        IOV_LEN=%d
        IOVEC=%d
        RWF_NOWAIT=%d
        SYS=437 %d
        RECLEN=%d
        D_NAME=%d
        WD=%d
        MASK=%d
        LEN=%d
        NAME=%d
        IN=%d %d %d %d %d %d
        IN=%d %d %d %d %d
        IN=%d %d
        EVENTS=%d
        REVENTS=%d
        POLLFD=%d %d
        """
            .formatted(
                Statx.NLINK,
                Statx.MODE,
                Statx.INO,
                Statx.SIZE,
                Statx.CTIME_SEC,
                Statx.CTIME_NSEC,
                Statx.MTIME_SEC,
                Statx.MTIME_NSEC,
                Statx.DEV_MAJOR,
                Statx.DEV_MINOR,
                Statx.BYTES,
                FileCalls.OPEN_HOW_FLAGS,
                FileCalls.OPEN_HOW_MODE,
                FileCalls.OPEN_HOW_RESOLVE,
                FileCalls.OPEN_HOW_BYTES,
                FileCalls.STATFS_TYPE,
                FileCalls.STATFS_BYTES,
                OpenFlags.O_DIRECTORY,
                OpenFlags.O_NOFOLLOW,
                OpenFlags.O_PATH,
                OpenFlags.O_CLOEXEC,
                OpenFlags.RESOLVE_NO_MAGICLINKS,
                OpenFlags.RESOLVE_NO_SYMLINKS,
                OpenFlags.RESOLVE_BENEATH,
                OpenFlags.RESOLVE_CACHED,
                OpenFlags.AT_FDCWD,
                OpenFlags.AT_EMPTY_PATH,
                OpenFlags.AT_STATX_DONT_SYNC,
                FileCalls.IOVEC_START,
                FileCalls.IOVEC_LENGTH,
                FileCalls.IOVEC_BYTES,
                FileCalls.RWF_NOWAIT,
                FileCalls.SYS_GETDENTS64,
                DirectoryNames.RECORD_LENGTH,
                DirectoryNames.NAME,
                Inotify.EVENT_WATCH,
                Inotify.EVENT_MASK,
                Inotify.EVENT_LENGTH,
                Inotify.EVENT_NAME,
                Inotify.IN_MODIFY,
                Inotify.IN_ATTRIB,
                Inotify.IN_MOVED_FROM,
                Inotify.IN_MOVED_TO,
                Inotify.IN_CREATE,
                Inotify.IN_DELETE,
                Inotify.IN_DELETE_SELF,
                Inotify.IN_MOVE_SELF,
                Inotify.IN_UNMOUNT,
                Inotify.IN_Q_OVERFLOW,
                Inotify.IN_IGNORED,
                Inotify.IN_ONLYDIR,
                Inotify.IN_ISDIR,
                Inotify.POLLFD_EVENTS,
                Inotify.POLLFD_RETURNED,
                Inotify.POLLFD_BYTES,
                Inotify.POLLIN);
    assertEquals(expected, run(program.toString()));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
