package net.khttpd.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import net.khttpd.settings.OperatorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FuseNeedsTest {
  @TempDir private Path root;

  private String refusal() {
    return assertThrows(OperatorException.class, () -> FuseNeeds.library(root, "proc_mount"))
        .sentence();
  }

  @Test
  void whatIsMissingIsSaidWithTheSettingAndThePackage() throws Exception {
    assertTrue(refusal().startsWith("proc_mount: there is no /dev/fuse; "), refusal());
    assertTrue(refusal().contains("package fuse3"), refusal());
    Files.createDirectories(root.resolve("dev"));
    Files.createFile(root.resolve("dev/fuse"));
    assertEquals(
        "proc_mount: libfuse3 is missing; install the package fuse3, which brings libfuse3-3",
        refusal());
    Path folder = Files.createDirectories(root.resolve("usr/lib/aarch64-linux-gnu"));
    Path library = Files.createFile(folder.resolve("libfuse3.so.3"));
    assertEquals(library, FuseNeeds.library(root, "proc_mount"));
  }
}
