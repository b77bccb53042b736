package net.khttpd.way;

import net.khttpd.accept.Accept;
import net.khttpd.accept.ConnectionLimit;
import net.khttpd.client.Client;
import net.khttpd.client.Counters;
import net.khttpd.decide.Decide;
import net.khttpd.decide.Policy;
import net.khttpd.files.FileCache;
import net.khttpd.files.View;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.AccessLog;
import net.khttpd.log.AccessWriter;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Loop;
import net.khttpd.passon.Backends;
import net.khttpd.passon.PassOn;
import net.khttpd.send.Send;
import net.khttpd.settings.Settings;
import org.jspecify.annotations.Nullable;

/// One loop with all its stages, put together. Made, run and closed on the loop's thread.
public final class LoopStages {
  /// What all loops of a server share.
  ///
  /// @param seed of the path hashes, secret
  public record Shared(
      Settings settings,
      Policy policy,
      FileCache files,
      Backends backends,
      ConnectionLimit limit,
      EventLog log,
      @Nullable AccessLog accessLog,
      long seed) {}

  private final Loop loop;
  private final Buffers buffers = new Buffers();
  private final Sockets sockets = new Sockets();
  private final Counters counters;
  private final Send send;
  private final Decide decide;
  private final ClientEvents events;
  private final PassOn passOn;
  private final Accept accept;
  private final @Nullable AccessLog accessLog;
  private final @Nullable AccessWriter accessWriter;

  /// @param listener descriptor of the listening socket that this loop serves
  /// @param acceptStopped called when draining has begun and no connection will come any more
  /// @param drained called when, while draining, the last connection has gone
  public LoopStages(
      Loop loop,
      Shared shared,
      Counters counters,
      int listener,
      Runnable acceptStopped,
      Runnable drained) {
    this.loop = loop;
    this.counters = counters;
    Settings settings = shared.settings();
    View view = shared.files().view(loop.index(), loop);
    loop.observe(new Turns(view));
    send = new Send(loop, buffers, view, counters);
    decide = new Decide(loop, view, counters, shared.policy(), settings.targetMax(), shared.seed());
    Progress progress = new Progress(sockets, settings.sendRateMin(), settings.timeoutSendMillis());
    Roster roster = new Roster(this::left);
    this.accessLog = shared.accessLog();
    this.accessWriter = accessLog == null ? null : accessLog.newWriter();
    RequestLog log =
        accessWriter == null
            ? RequestLog.OFF
            : new AccessRecords(accessWriter, loop, this::identify);
    events =
        new ClientEvents(
            loop, send, counters, Timeouts.of(settings), progress, roster, log, drained);
    passOn = new PassOn(loop, buffers, settings, shared.backends(), events, counters);
    events.way(
        new WayOfRequest(
            decide,
            send,
            passOn,
            log,
            counters,
            events,
            settings.headMax(),
            settings.targetMax(),
            settings.headFields()));
    accept =
        new Accept(
            listener,
            loop,
            shared.limit(),
            counters,
            shared.log(),
            () -> new Client(events, buffers),
            events,
            () -> {
              events.acceptStopped();
              acceptStopped.run();
            });
    loop.engine().listen(accept);
  }

  /// Stops accepting and closes what has nothing under way.
  public void drain() {
    accept.stop();
    passOn.drain();
    events.drain();
  }

  /// Closes what is left.
  public void closeAll() {
    events.closeAll();
    passOn.close();
  }

  /// Turns until the loop ends, then frees everything.
  public void run() {
    loop.run();
    if (accessLog != null && accessWriter != null) {
      accessLog.retire(accessWriter);
    }
    send.close();
    decide.close();
    accept.close();
    sockets.free();
    buffers.close();
  }

  public Loop loop() {
    return loop;
  }

  public Counters counters() {
    return counters;
  }

  private void identify(Client client) {
    accept.identify(client);
  }

  private void left(Client client) {
    accept.left(client);
  }

  private record Turns(View view) implements Loop.TurnObserver {
    @Override
    public void waiting() {
      view.park();
    }

    @Override
    public void woken() {
      view.unpark();
      view.turn();
    }
  }
}
