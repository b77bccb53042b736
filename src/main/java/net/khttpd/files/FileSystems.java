package net.khttpd.files;

import net.khttpd.kernel.FileCalls;

/// Which file systems answer statx(2) of a cached name from memory, by the magic numbers of
/// statfs(2). Anything else (NFS, SMB, FUSE, 9P, Ceph …) may ask a network and is never re-checked
/// on a loop.
final class FileSystems {
  private FileSystems() {}

  static boolean isLocal(FileCalls calls, int descriptor) {
    long magic = calls.fileSystem(descriptor);
    return magic == 0xEF53 // ext2, ext3, ext4
        || magic == 0x58465342L // xfs
        || magic == 0x9123683EL // btrfs
        || magic == 0x01021994L // tmpfs
        || magic == 0x794C7630L // overlayfs
        || magic == 0xF2F52010L // f2fs
        || magic == 0x2FC12FC1L // zfs
        || magic == 0x73717368L // squashfs
        || magic == 0xE0F5E1E2L // erofs
        || magic == 0x858458F6L; // ramfs
  }
}
