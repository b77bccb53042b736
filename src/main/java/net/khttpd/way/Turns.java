package net.khttpd.way;

import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.LoopFiles;
import net.khttpd.loop.Loop;

/// What happens between two turns of a loop: its look at the files lets go of what it has seen, and
/// what the parts below have counted for themselves becomes part of the counters. Used by the
/// loop's thread.
final class Turns implements Loop.TurnObserver {
  private final Loop loop;
  private final Counters counters;
  private LoopFiles files;
  private long calls;
  private long opens;

  Turns(Loop loop, LoopFiles files, Counters counters) {
    this.loop = loop;
    this.files = files;
    this.counters = counters;
  }

  /// Looks at the files through these from now on.
  void look(LoopFiles next) {
    count();
    files = next;
    opens = 0;
  }

  @Override
  public void waiting() {
    files.park();
    count();
  }

  @Override
  public void woken() {
    files.unpark();
    files.turn();
  }

  /// The one reading of the clock besides the turn's own: only where it times an answer.
  void count() {
    if (counters.served().waiting() || counters.passedOn().waiting()) {
      long now = System.nanoTime();
      counters.served().turnEnded(now);
      counters.passedOn().turnEnded(now);
    }
    long callsNow = loop.engine().calls();
    counters.add(Counter.ENGINE_CALLS, callsNow - calls);
    calls = callsNow;
    long opensNow = files.opens();
    if (opensNow != opens) {
      counters.add(Counter.OPENS, opensNow - opens);
      opens = opensNow;
    }
  }
}
