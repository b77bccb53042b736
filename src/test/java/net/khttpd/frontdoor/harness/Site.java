package net.khttpd.frontdoor.harness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/// A document root of its own for one test class: files with exact bytes, modes and times.
public final class Site implements AutoCloseable {
  /// Old enough that no file's ETag is weak, with no fraction of a second.
  public static final Instant OLD = Instant.parse("2024-02-29T12:34:56Z");

  private final Path top;
  private final Path root;

  public Site() throws IOException {
    this(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /// In a directory made in this one, for tests that ask for a certain file system.
  public Site(Path parent) throws IOException {
    top = Files.createTempDirectory(parent, "khttpd-front");
    root = Files.createDirectory(top.resolve("root"));
    mode(top, "rwxr-xr-x");
    mode(root, "rwxr-xr-x");
  }

  public Path root() {
    return root;
  }

  /// Beside the root: what must never be served.
  public Path outside() {
    return top;
  }

  public Site file(String path, String text) throws IOException {
    return file(path, Wire.bytes(text));
  }

  public Site file(String path, byte[] bytes) throws IOException {
    Path file = directories(path);
    Files.write(file, bytes);
    return dress(file);
  }

  /// A file of this length that occupies (almost) no disk.
  public Site sparse(String path, long length) throws IOException {
    Path file = directories(path);
    try (var f = new RandomAccessFile(file.toFile(), "rw")) {
      f.setLength(length);
    }
    return dress(file);
  }

  /// Puts new content in place by rename, as a deployment does.
  public Site replace(String path, String text) throws IOException {
    Path next = root.resolve(path + ".next");
    Files.write(next, Wire.bytes(text));
    mode(next, "rw-r--r--");
    Files.move(next, root.resolve(path), StandardCopyOption.ATOMIC_MOVE);
    return this;
  }

  public Site mode(String path, String permissions) throws IOException {
    mode(root.resolve(path), permissions);
    return this;
  }

  public Site time(String path, Instant mtime) throws IOException {
    Files.setLastModifiedTime(root.resolve(path), FileTime.from(mtime));
    return this;
  }

  public Site directory(String path) throws IOException {
    mode(Files.createDirectories(root.resolve(path)), "rwxr-xr-x");
    return this;
  }

  public Site link(String path, Path target) throws IOException {
    Files.createSymbolicLink(directories(path), target);
    return this;
  }

  private Path directories(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return file;
  }

  private Site dress(Path file) throws IOException {
    mode(file, "rw-r--r--");
    Files.setLastModifiedTime(file, FileTime.from(OLD));
    return this;
  }

  private static void mode(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Override
  public void close() throws IOException {
    Files.walkFileTree(
        top,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes facts)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException fault)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
