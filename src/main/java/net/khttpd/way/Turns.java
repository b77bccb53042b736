package net.khttpd.way;

import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.View;
import net.khttpd.loop.Loop;

/// What happens between two turns of a loop: its view of the files lets go of what it has seen, and
/// what the parts below have counted for themselves becomes part of the counters. Used by the
/// loop's thread.
final class Turns implements Loop.TurnObserver {
  private final Loop loop;
  private final Counters counters;
  private View view;
  private long calls;
  private long opens;

  Turns(Loop loop, View view, Counters counters) {
    this.loop = loop;
    this.view = view;
    this.counters = counters;
  }

  /// Looks at the files by another view from now on.
  void look(View next) {
    count();
    view = next;
    opens = 0;
  }

  @Override
  public void waiting() {
    view.park();
    count();
  }

  @Override
  public void woken() {
    view.unpark();
    view.turn();
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
    long opensNow = view.opens();
    if (opensNow != opens) {
      counters.add(Counter.OPENS, opensNow - opens);
      opens = opensNow;
    }
  }
}
