package net.khttpd.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The sample site as files: unpacked from the program into a directory of its own below the
/// system's directory for temporary files, and removed again by [#close]. Owned by whoever unpacked
/// it; may be read by any thread meanwhile.
///
/// Files get mode 0644 and directories 0755 whatever the umask is, because `perm_required` lets
/// only files be served that everybody may read.
public final class DemoSite implements AutoCloseable {
  private static final String FILE_MODE = "rw-r--r--";
  private static final String DIRECTORY_MODE = "rwxr-xr-x";

  private final Path root;

  private DemoSite(Path root) {
    this.root = root;
  }

  /// The site's files, as paths relative to its root. A list and not a look into the archive,
  /// because a class path and a module path are looked into differently; a test keeps it in step.
  public static List<String> files() throws IOException {
    try (InputStream in = resource("site-files.txt").getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /// Unpacks the site.
  ///
  /// @throws IOException if the temporary directory cannot be written; nothing is left behind
  public static DemoSite unpack() throws IOException {
    DemoSite site = new DemoSite(Files.createTempDirectory("khttpd-demo-"));
    try {
      mode(site.root, DIRECTORY_MODE);
      for (String file : files()) {
        site.unpack(file);
      }
    } catch (IOException | RuntimeException e) {
      site.close();
      throw e;
    }
    return site;
  }

  /// The document root: absolute, without symbolic links of ours.
  public Path root() {
    return root;
  }

  /// Removes the site. A second call finds nothing and does nothing.
  @Override
  public void close() throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      paths.sorted(Comparator.reverseOrder()).forEach(DemoSite::delete);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private void unpack(String file) throws IOException {
    Path target = root.resolve(file);
    directories(file);
    URLConnection source = resource("site/" + file);
    try (InputStream in = source.getInputStream()) {
      Files.copy(in, target);
    }
    mode(target, FILE_MODE);
    // The program's date and not now: validators survive a restart of the demo.
    if (source.getLastModified() > 0) {
      Files.setLastModifiedTime(target, FileTime.fromMillis(source.getLastModified()));
    }
  }

  /// Makes the directories of `file` below the root, one by one: each needs its mode.
  private void directories(String file) throws IOException {
    for (int slash = file.indexOf('/'); slash > 0; slash = file.indexOf('/', slash + 1)) {
      Path directory = root.resolve(file.substring(0, slash));
      if (!Files.exists(directory)) {
        Files.createDirectory(directory);
        mode(directory, DIRECTORY_MODE);
      }
    }
  }

  private static URLConnection resource(String name) throws IOException {
    var url = DemoSite.class.getResource(name);
    if (url == null) {
      throw new IOException("the program lacks its own file " + name + "; build it again");
    }
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection;
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
