package net.khttpd.control;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import net.khttpd.kernel.Signal;
import org.jspecify.annotations.Nullable;

/// SIGTERM and SIGINT: the first is waited for, a second one acts at once, and so does the first
/// while nothing is served yet, for a start may hang (a name server, a mount). Java's own answer,
/// to exit with 128 + n, is replaced. A shell starts its background jobs with SIGINT ignored; we
/// take it all the same. Others, as SIGHUP, do what they are told, on a thread that the JVM makes
/// for each arrival.
///
/// sun.misc.Signal is the only door to this in Java; it is opened by reflection since javac warns
/// of it unconditionally and our warnings are errors.
final class Signals {
  private final BlockingQueue<String> first = new ArrayBlockingQueue<>(1);
  private final AtomicBoolean seen = new AtomicBoolean();
  private final Runnable atOnce;
  private final Map<String, Runnable> others = new ConcurrentHashMap<>();
  private volatile boolean started;

  private Signals(Runnable atOnce) {
    this.atOnce = atOnce;
  }

  /// Takes the two signals over, for the life of the program.
  static Signals install(Runnable atOnce) {
    var signals = new Signals(atOnce);
    signals.take("TERM");
    signals.take("INT");
    return signals;
  }

  /// Takes another signal over: `HUP`, for example. The action may take its time.
  void on(String name, Runnable action) {
    others.put("SIG" + name, action);
    take(name);
  }

  private void take(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object arrived =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (proxy, method, arguments) -> answer(method, arguments));
      Object each = signal.getConstructor(String.class).newInstance(name);
      Method handle = signal.getMethod("handle", signal, handler);
      if (handle.invoke(null, each, arrived) == handler.getField("SIG_IGN").get(null)) {
        Signal.byDefault((int) signal.getMethod("getNumber").invoke(each));
        handle.invoke(null, each, arrived);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK lacks sun.misc.Signal", e);
    }
  }

  /// From now on there is something to drain: the first signal is left to [#await].
  void started() {
    started = true;
  }

  /// Ends the wait as a signal would: something without which there is nothing to wait for is gone.
  void end(String reason) {
    boolean _ = first.offer(reason);
  }

  /// The name of the first signal, or the reason of [#end], once it has come.
  String await() {
    try {
      return first.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /// Called by the JVM on a thread of its own: `SignalHandler.handle(Signal)`.
  private @Nullable Object answer(Method method, Object[] arguments) {
    if (!method.getName().equals("handle")) {
      throw new UnsupportedOperationException(method.getName());
    }
    String signal = arguments[0].toString();
    Runnable other = others.get(signal);
    if (other != null) {
      other.run();
    } else if (seen.getAndSet(true) || !started) {
      atOnce.run();
    } else {
      boolean _ = first.offer(signal);
    }
    return null;
  }
}
