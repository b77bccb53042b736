package net.khttpd.frontdoor.attack;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import net.khttpd.frontdoor.harness.Site;

/// The document root that the tables speak of. Every file that may be served has a body of its own;
/// every other body says `SECRET`.
public final class AttackSite implements AutoCloseable {
  private static final String SECRET = "SECRET: never to be seen";
  private final Site site = new Site();
  private final Map<String, String> bodies = new TreeMap<>();

  public AttackSite() throws IOException, InterruptedException {
    for (String path :
        new String[] {
          "hello.txt",
          "marker.txt",
          "smuggled.txt",
          "dir/file.txt",
          "*.txt",
          "[a].txt",
          "{a,b}.txt",
          "what?.txt",
          ".well-known/ok.txt",
          "a..b.txt"
        }) {
      String body = "the file " + path + "\n";
      site.file(path, body);
      bodies.put("/" + path, body);
    }
    for (String path :
        new String[] {
          "page.php",
          "upper.PHP",
          ".git/config",
          ".env",
          ".htaccess.txt",
          ".secret/x.txt",
          "dir/.hidden.txt",
          ".well-known/.inner.txt",
          "hello.txt~",
          "site.bak",
          "site.swp",
          "key.pem",
          "app.conf",
          "app.class",
          "app.jar",
          "private.txt",
          "exec.txt",
          "dir.txt/file"
        }) {
      site.file(path, SECRET);
    }
    site.mode("private.txt", "rw-r-----").mode("exec.txt", "rwxr-xr-x");
    specialFiles();
  }

  private void specialFiles() throws IOException, InterruptedException {
    Path root = site.root();
    Files.writeString(site.outside().resolve("secret.txt"), SECRET);
    site.link("link-out.txt", site.outside().resolve("secret.txt"))
        .link("link-dir-out", site.outside())
        .link("link-proc.txt", Path.of("/proc/self/environ"))
        .link("link-loop.txt", Path.of("link-loop.txt"))
        .link("link-gone.txt", Path.of("gone.txt"))
        .link("link-in.txt", Path.of("hello.txt"));
    site.file("sticky.txt", SECRET);
    run("mkfifo", root.resolve("fifo.txt").toString());
    run("chmod", "1644", root.resolve("sticky.txt").toString());
    run("chmod", "0644", root.resolve("fifo.txt").toString());
    var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(root.resolve("socket.txt"))).close();
    run("chmod", "0644", root.resolve("socket.txt").toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int code = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (code != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + code);
    }
  }

  public Path root() {
    return site.root();
  }

  public String body(String path) {
    String body = bodies.get(path);
    if (body == null) {
      throw new IllegalArgumentException("no such file in the tables: " + path);
    }
    return body;
  }

  @Override
  public void close() throws IOException {
    site.close();
  }
}
