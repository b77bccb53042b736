package net.khttpd.passon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.Balancing;
import org.jspecify.annotations.Nullable;

/// Looks after the backends beside the loops: looks their names up anew, and checks whether they
/// are up. One thread for a server, begun when there is a name or a check; each backend has one
/// look-up and one check under way at most.
final class Watch {
  private static final long MILLION = 1_000_000L;

  /// A name without an address is looked up again so soon.
  private static final long UNKNOWN_MILLIS = 2_000;

  /// What was done last for one backend.
  private static final class Seen {
    final AtomicBoolean looking = new AtomicBoolean();
    long lookedNanos;
    long checkedNanos;
    boolean checkedOnce;
    volatile boolean failing;
    @Nullable Check check;
  }

  private final Names names;
  private final Consumer<Backend> changed;
  private final Map<Backend, Seen> seen = new HashMap<>(); // of the thread
  private volatile BackendSets sets;
  private volatile boolean closed;
  private @Nullable Selector selector; // guarded by this

  /// @param changed told of a backend that may be asked again, or not any more
  Watch(Names names, BackendSets sets, Consumer<Backend> changed) {
    this.names = names;
    this.sets = sets;
    this.changed = changed;
  }

  /// Looks after these from now on.
  synchronized void look(BackendSets next) {
    sets = next;
    boolean needed = next.rules().check().isOn() || next.all().stream().anyMatch(Watch::isNamed);
    Selector waiting = selector;
    if (waiting != null) {
      waiting.wakeup();
    } else if (needed && !closed) {
      try {
        Selector own = Selector.open();
        selector = own;
        Thread.ofPlatform().name("khttpd-watch").daemon().start(() -> run(own));
      } catch (IOException e) {
        throw new UncheckedIOException("no descriptor to watch backends with", e);
      }
    }
  }

  synchronized void close() {
    closed = true;
    Selector waiting = selector;
    if (waiting != null) {
      waiting.wakeup();
    }
  }

  private static boolean isNamed(Backend backend) {
    return backend.setting() instanceof BackendAddress.Tcp tcp && !Names.isLiteral(tcp.host());
  }

  private void run(Selector own) {
    try (own) {
      while (!closed) {
        long now = System.nanoTime();
        long left = turn(now, own);
        own.select(Math.max(1, left / MILLION));
        Iterator<SelectionKey> ready = own.selectedKeys().iterator();
        while (ready.hasNext()) {
          go(ready.next());
          ready.remove();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot watch backends", e);
    } finally {
      seen.values().forEach(each -> end(each));
      over();
    }
  }

  /// Whatever ended the thread, the next change of settings begins another.
  private synchronized void over() {
    selector = null;
  }

  private static void end(Seen each) {
    Check check = each.check;
    if (check != null) {
      check.close();
      each.check = null;
    }
  }

  private void go(SelectionKey key) {
    if (key.isValid() && key.attachment() instanceof Check check) {
      Check.Outcome outcome = check.go(key);
      Seen of = seen.get(check.backend);
      if (outcome != null && of != null) {
        over(check, of, outcome);
      }
    }
  }

  private void over(Check check, Seen of, Check.Outcome outcome) {
    end(of);
    told(check.backend, check.rules, outcome);
  }

  private void told(Backend backend, Balancing.Check rules, Check.Outcome outcome) {
    String said = rules.path() + " " + outcome.said();
    if (backend.health().checked(outcome.good(), rules.rise(), rules.fall(), said)) {
      changed.accept(backend);
    }
  }

  /// Begins what is due and ends what has taken too long; how long until the next is due.
  private long turn(long now, Selector own) {
    BackendSets present = sets;
    forget(present.all());
    long next = 3_600_000 * MILLION;
    for (Backend backend : present.all()) {
      Seen of = seen.computeIfAbsent(backend, _ -> new Seen());
      if (isNamed(backend)) {
        next = Math.min(next, name(backend, of, present.rules().resolveMillis(), now));
      }
      if (present.rules().check().isOn()) {
        next = Math.min(next, check(backend, of, present.rules().check(), now, own));
      } else {
        end(of);
        of.checkedOnce = false;
        backend.health().unchecked();
      }
    }
    return next;
  }

  private void forget(List<Backend> but) {
    var kept = new HashSet<>(but);
    for (Backend backend : new ArrayList<>(seen.keySet())) {
      if (!kept.contains(backend)) {
        Seen gone = seen.remove(backend);
        if (gone != null) {
          end(gone);
        }
      }
    }
  }

  private long name(Backend backend, Seen of, long everyMillis, long now) {
    boolean unknown = backend.addresses().isEmpty();
    long every = unknown ? Math.min(UNKNOWN_MILLIS, orAlways(everyMillis)) : orNever(everyMillis);
    if (of.lookedNanos == 0) {
      of.lookedNanos = now; // it has just been resolved
    }
    long left = of.lookedNanos + every * MILLION - now;
    if (left > 0) {
      return left;
    }
    of.lookedNanos = now;
    if (of.looking.compareAndSet(false, true)) {
      var tcp = (BackendAddress.Tcp) backend.setting();
      CompletableFuture<List<InetAddress>> _ =
          names
              .look(tcp.host())
              .whenComplete((hosts, fault) -> {
                of.looking.set(false);
                if (fault == null) {
                  found(backend, of, tcp, hosts);
                }
              });
    }
    return every * MILLION;
  }

  private static long orAlways(long millis) {
    return millis == 0 ? UNKNOWN_MILLIS : millis;
  }

  private static long orNever(long millis) {
    return millis == 0 ? 3_600_000_000L : millis;
  }

  private void found(Backend backend, Seen of, BackendAddress.Tcp tcp, List<InetAddress> hosts) {
    List<SocketAddress> before = backend.addresses();
    if (hosts.isEmpty()) {
      if (!of.failing && !before.isEmpty()) {
        backend.event("name", "its name has no address any more; those it had are kept");
      }
      of.failing = true;
      return;
    }
    of.failing = false;
    List<SocketAddress> next = Names.take(hosts, tcp.port(), before);
    if (next != before) {
      String all = String.join(", ", hosts.stream().map(InetAddress::getHostAddress).toList());
      backend.event("name", "its name has the addresses " + all);
      backend.moved(next);
      changed.accept(backend);
    }
  }

  private long check(Backend backend, Seen of, Balancing.Check rules, long now, Selector own) {
    Check running = of.check;
    if (running != null && !running.rules.equals(rules)) {
      end(of);
      of.checkedOnce = false;
    } else if (running != null) {
      long left = running.deadlineNanos - now;
      if (left > 0) {
        return left;
      }
      over(running, of, new Check.Outcome(false, "was not answered in time"));
    }
    long left = of.checkedOnce ? of.checkedNanos + rules.intervalMillis() * MILLION - now : 0;
    if (left > 0) {
      return left;
    }
    of.checkedOnce = true;
    of.checkedNanos = now;
    try {
      of.check = Check.begin(backend, rules, now, own);
      return rules.timeoutMillis() * MILLION;
    } catch (IOException e) {
      told(backend, rules, Check.failed(e));
      return rules.intervalMillis() * MILLION;
    }
  }
}
