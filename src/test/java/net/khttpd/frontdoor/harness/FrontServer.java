package net.khttpd.frontdoor.harness;

import java.nio.file.Path;
import java.util.List;

/// The server under test, in this process, on a free port of 127.0.0.1, with one loop.
public final class FrontServer implements AutoCloseable {
  private final int port;

  private FrontServer(int port) {
    this.port = port;
  }

  public static FrontServer start(Engine engine, Path root, List<String> settings) {
    throw new IllegalStateException("no server yet: " + engine + root + settings);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {}
}
