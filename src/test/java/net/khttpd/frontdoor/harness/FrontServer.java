package net.khttpd.frontdoor.harness;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.khttpd.client.Counter;
import net.khttpd.control.Server;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;
import net.khttpd.statistics.Statistics;

/// The server under test, in this process, on a free port of 127.0.0.1, with one loop unless the
/// settings say otherwise.
public final class FrontServer implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("http://127\\.0\\.0\\.1:(\\d+) engine=(\\S+) threads=\\d+\\b.*");

  private final Server server;
  private final EventLog log;
  private final ByteArrayOutputStream events;
  private final int port;
  private boolean closed;

  private FrontServer(Server server, EventLog log, ByteArrayOutputStream events, int port) {
    this.server = server;
    this.log = log;
    this.events = events;
    this.port = port;
  }

  /// Starts with these settings (`name=value`) above those of every test; lists are added to.
  public static FrontServer start(Engine engine, Path root, List<String> settings) {
    var events = new ByteArrayOutputStream();
    var log = new EventLog(events, InstantSource.system());
    try {
      Draft draft =
          Draft.ofDefaults()
              .write("serverport=0")
              .write("clientport=0")
              .write("address=127.0.0.1")
              .write("threads=1")
              .write("drain=0.5")
              .write("engine=" + engine.setting())
              .write("documentroot=" + root);
      for (String setting : settings) {
        draft.write(setting);
      }
      var server = new Server(draft.snapshot(), log);
      String ready = server.start();
      Matcher matcher = READY.matcher(ready);
      if (!matcher.matches() || !matcher.group(2).equals(engine.setting())) {
        throw new AssertionError("ready line: " + ready);
      }
      return new FrontServer(server, log, events, Integer.parseInt(matcher.group(1)));
    } catch (OperatorException e) {
      throw new AssertionError("the server did not start: " + e.getMessage(), e);
    }
  }

  /// The port that was bound first.
  public int port() {
    return port;
  }

  /// The port bound now.
  public int portNow() throws OperatorException {
    Matcher matcher = READY.matcher(server.start()); // it runs, so this only tells
    if (!matcher.matches()) {
      throw new AssertionError("ready line");
    }
    return Integer.parseInt(matcher.group(1));
  }

  /// The server itself.
  public Server server() {
    return server;
  }

  /// Writes settings while it runs, all or none.
  public FrontServer write(String... assignments) throws OperatorException {
    server.write(List.of(assignments), "the test");
    return this;
  }

  /// A counter over all loops.
  public long count(Counter counter) {
    return statistics().value(counter, null);
  }

  public Statistics statistics() {
    return server.statistics();
  }

  /// What was logged until now.
  public String events() {
    return events.toString();
  }

  /// Stops, once; a fault of the server's own that it logged on the way fails the test.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    server.stop();
    server.close();
    log.close();
    if (events().contains("a fault of ours")) {
      throw new AssertionError(events());
    }
  }
}
