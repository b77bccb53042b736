package net.khttpd.way;

import java.util.function.Predicate;
import net.khttpd.accept.Accept;
import net.khttpd.accept.ConnectionLimit;
import net.khttpd.client.Client;
import net.khttpd.client.Counters;
import net.khttpd.client.Moved;
import net.khttpd.client.Progress;
import net.khttpd.decide.Decide;
import net.khttpd.decide.LoopSites;
import net.khttpd.decide.OrderedFiles;
import net.khttpd.decide.Sites;
import net.khttpd.files.LoopFiles;
import net.khttpd.handover.HandOver;
import net.khttpd.kernel.Sockets;
import net.khttpd.log.AccessLog;
import net.khttpd.log.AccessWriter;
import net.khttpd.log.EventLog;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Loop;
import net.khttpd.passon.BackendSets;
import net.khttpd.passon.Backends;
import net.khttpd.passon.PassOn;
import net.khttpd.send.Send;
import net.khttpd.settings.AcceptProxy;
import net.khttpd.settings.Settings;
import net.khttpd.statistics.Statistics;
import org.jspecify.annotations.Nullable;

/// One loop with all its stages, put together. Made, run, changed and closed on the loop's thread.
public final class LoopStages {
  /// What all loops of a server share, as one snapshot of the settings has it. Prepared off the
  /// loops; what a change does not concern is the same object in the next.
  ///
  /// @param statistics told of each loop that begins and ends
  /// @param seed of the path hashes, secret
  public record Shared(
      Settings settings,
      Sites sites,
      Backends backends,
      BackendSets backendSets,
      ConnectionLimit limit,
      EventLog log,
      @Nullable AccessLog accessLog,
      Statistics statistics,
      long seed) {}

  private final Loop loop;
  private final Turns turns;
  private final Buffers buffers = new Buffers();
  private final Sockets sockets = new Sockets();
  private final Counters counters;
  private final Send send;
  private final Decide decide;
  private final Migration migration;
  private final ClientEvents events;
  private final Peeking peeking;
  private final PassingOn passingOn;
  private final HandOver handOver;
  private final PassOn passOn;
  private final Accept accept;
  private final Orders orders;
  private final WayOfRequest way;
  private final Roster roster;
  private Shared shared;
  private LoopFiles files;
  private @Nullable AccessWriter accessWriter;
  private RequestLog log;

  /// @param acceptStopped called when draining has begun and no connection will come any more
  /// @param drained called when, while draining, the last connection has gone
  public LoopStages(
      Loop loop, Shared shared, Counters counters, Runnable acceptStopped, Runnable drained) {
    this.loop = loop;
    this.counters = counters;
    this.shared = shared;
    Settings settings = shared.settings();
    files = shared.sites().family().loop(loop.index(), loop);
    turns = new Turns(loop, files, counters);
    loop.observe(turns);
    send = new Send(loop, buffers, files, counters);
    send.name(settings.server());
    var sites = new LoopSites(shared.sites(), files);
    decide = new Decide(loop, sites, counters, settings.targetMax(), shared.seed());
    roster = new Roster(this::left);
    log = openLog(shared.accessLog());
    migration = new Migration(loop, sockets, buffers, counters, roster);
    peeking = new Peeking(loop, sockets, counters);
    events =
        new ClientEvents(
            loop,
            send,
            counters,
            roster,
            terms(settings),
            migration,
            peeking,
            sockets,
            shared.log(),
            drained);
    migration.events(events);
    passingOn = new PassingOn(loop, decide, events.exchanges(), peeking, terms(settings));
    handOver =
        new HandOver(
            loop,
            buffers,
            settings,
            events.exchanges(),
            passingOn,
            counters,
            shared.log(),
            this::identify);
    passOn =
        new PassOn(
            loop,
            buffers,
            settings,
            shared.backends(),
            shared.backendSets(),
            events.exchanges(),
            counters);
    passingOn.ways(handOver, passOn);
    apply(settings);
    way =
        new WayOfRequest(
            decide, send, passingOn, peeking, log, counters, events, HeadLimits.of(settings));
    var ordered = new OrderedFiles(loop, sites, counters, shared.seed());
    orders = new Orders(ordered, send, counters, shared.log(), log);
    events.way(way, orders);
    accept =
        new Accept(
            loop,
            shared.limit(),
            counters,
            shared.log(),
            () -> new Client(events, buffers, counters),
            events,
            () -> {
              events.acceptStopped();
              acceptStopped.run();
            });
    accept.apply(settings.acceptProxy() == AcceptProxy.REQUIRED);
    events.accept(accept);
  }

  /// Takes connections from a listening socket from now on, beside those it may have already.
  public void listen(int fd) {
    accept.listen(fd);
  }

  /// Takes no more from it than what waits in its queue now; `left` is called afterwards.
  public void leave(int fd, Runnable left) {
    accept.leave(fd, left);
  }

  /// Moves all connections to other loops, each as soon as it may. No listening socket is served
  /// any more.
  ///
  /// @param elsewhere gives a connection to another loop; false: nobody takes it
  /// @param empty called when none is left, perhaps more than once: [#finish] may follow
  public void retire(Predicate<Moved> elsewhere, Runnable empty) {
    passOn.retire();
    migration.begin(elsewhere, empty);
  }

  /// Goes on with a connection that another loop has had.
  public void adopt(Moved moved) {
    migration.adopt(moved);
  }

  /// Ends the loop, unless a connection has come in the meantime: then `empty` is called again.
  public void finish() {
    if (roster.size() == 0) {
      passOn.close();
      loop.end();
    }
  }

  /// From now on the next snapshot holds. Called between two callbacks, so each request sees one
  /// consistent set; what is under way keeps what it has begun with.
  public void apply(Shared next) {
    Settings settings = next.settings();
    if (next.sites() != shared.sites()) {
      files.close();
      files = next.sites().family().loop(loop.index(), loop);
      turns.look(files);
      send.apply(files);
      var sites = new LoopSites(next.sites(), files);
      decide.apply(sites);
      orders.apply(sites);
    }
    if (next.accessLog() != shared.accessLog()) {
      closeLog();
      log = openLog(next.accessLog());
    }
    shared = next;
    send.name(settings.server());
    decide.apply(settings.targetMax());
    passOn.apply(settings, next.backendSets());
    events.apply(terms(settings));
    accept.apply(settings.acceptProxy() == AcceptProxy.REQUIRED);
    way.apply(log, HeadLimits.of(settings));
    orders.apply(log);
    boolean peeked = peeking.on();
    handOver.apply(settings);
    apply(settings);
    if (peeking.on() != peeked) {
      events.receiveAnew();
    }
    if (next.limit().limitsClients()) {
      roster.forEach(accept::count);
    }
  }

  private void apply(Settings settings) {
    passingOn.apply(terms(settings), settings.orders().obeyed());
    peeking.apply(handOver.peeks(), settings.headMax());
  }

  private Terms terms(Settings settings) {
    long least = Progress.leastBytes(settings.sendRateMin(), settings.timeoutSendMillis());
    return new Terms(Timeouts.of(settings), new Progress(sockets, least), log);
  }

  private RequestLog openLog(@Nullable AccessLog accessLog) {
    AccessWriter writer = accessLog == null ? null : accessLog.newWriter();
    accessWriter = writer;
    return writer == null ? RequestLog.OFF : new AccessRecords(writer, loop, this::identify);
  }

  /// Requests under way are logged nowhere.
  private void closeLog() {
    AccessWriter writer = accessWriter;
    AccessLog accessLog = shared.accessLog();
    if (accessLog != null && writer != null) {
      accessLog.retire(writer);
    }
    roster.forEach(client -> client.logged = null);
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
    turns.count();
    files.close();
    closeLog();
    passOn.free();
    handOver.free();
    passingOn.free();
    peeking.free();
    send.close();
    orders.close();
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
}
