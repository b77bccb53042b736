package net.khttpd.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// The demo without its server: the unpacked site, the running backend, the settings by which
/// kHTTPd joins them, and what to tell the visitor. [#close] ends the backend and removes the site.
public final class Demo implements AutoCloseable {
  private static final int USUAL_PORT = 8080;

  private final DemoSite site;
  private final DemoBackend backend;

  private Demo(DemoSite site, DemoBackend backend) {
    this.site = site;
    this.backend = backend;
  }

  /// Unpacks the site and starts the backend.
  ///
  /// @throws IOException if the temporary directory cannot be written or no port can be bound;
  ///   nothing is left behind
  public static Demo open() throws IOException {
    // The JDK's server writes head and body apart; without this each answer on a kept connection
    // waits 40 ms for the client's delayed acknowledgement, and the demo would blame the relay.
    // Read
    // once, when its first server is made; the demo is the only user in the program.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    DemoSite site = DemoSite.unpack();
    try {
      return new Demo(site, DemoBackend.start(site.root(), Clock.systemUTC()));
    } catch (IOException | RuntimeException e) {
      site.close();
      throw e;
    }
  }

  /// The document root, for as long as the demo is open.
  public Path root() {
    return site.root();
  }

  /// The settings, each NAME=VALUE: to be written before those of the operator, who has the last
  /// word. The port is the usual one, or any free one if that is taken.
  public List<String> settings() throws IOException {
    return List.of(
        "documentroot=" + site.root(),
        "clientport=" + backend.port(),
        "index=index.html",
        "address=127.0.0.1",
        "serverport=" + (isFree(USUAL_PORT) ? USUAL_PORT : 0));
  }

  /// What to look at and what to try; `url` is where the server answers, such as
  /// `http://127.0.0.1:8080`.
  public String welcome(String url) {
    return """

    Open   %1$s/             the site
           %1$s/live.html    who answers what: kHTTPd or the backend

    Try    curl -I %1$s/                        a file: sent by kHTTPd
           curl -i %1$s/app/time                no file: passed on to the backend
           curl -I '%1$s/site.css?v=2'          a query: passed on, too
           curl %1$s/app/headers                the request as the backend got it
           curl -N %1$s/app/stream              a tick a second, relayed as it comes
           curl -F file=@pom.xml %1$s/app/echo  an upload, digested
           ./khttpd explain -w documentroot=%2$s -w clientport=%3$d '/site.css?v=2'

    Ctrl-C ends the demo and removes its files.
    """
        .formatted(url, site.root(), backend.port());
  }

  @Override
  public void close() throws IOException {
    backend.close();
    site.close();
  }

  private static boolean isFree(int port) throws IOException {
    var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(loopback, port));
      return true;
    } catch (java.net.BindException taken) {
      return false;
    }
  }
}
