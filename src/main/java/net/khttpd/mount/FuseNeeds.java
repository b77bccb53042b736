package net.khttpd.mount;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import net.khttpd.settings.OperatorException;

/// What the machine must have: the kernel's device and the library.
final class FuseNeeds {
  /// Where distributions put it; without a development package there is no plain `libfuse3.so`.
  private static final List<String> FOLDERS =
      List.of(
          "usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib64", "usr/lib", "lib");

  private static final List<String> NAMES = List.of("libfuse3.so.3", "libfuse3.so.4");

  private FuseNeeds() {}

  /// The library.
  ///
  /// @param root `/`, or another in a test
  /// @param setting or command that wants the mount
  /// @throws OperatorException naming what is missing and the package that brings it
  static Path library(Path root, String setting) throws OperatorException {
    Path device = root.resolve("dev/fuse");
    if (!Files.exists(device)) {
      throw new OperatorException(
          setting
              + ": there is no /dev/fuse; load the kernel's module (modprobe fuse), or give the"
              + " container that device, and install the package fuse3");
    }
    if (!Files.isReadable(device) || !Files.isWritable(device)) {
      throw new OperatorException(
          setting + ": this user may not open /dev/fuse; its mode is 0666 where users may mount");
    }
    for (String folder : FOLDERS) {
      for (String name : NAMES) {
        Path library = root.resolve(folder, name);
        if (Files.exists(library)) {
          return library;
        }
      }
    }
    throw new OperatorException(
        setting + ": libfuse3 is missing; install the package fuse3, which brings libfuse3-3");
  }
}
