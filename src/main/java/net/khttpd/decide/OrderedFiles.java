package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.Waiter;
import net.khttpd.http.Conditions;
import net.khttpd.http.FileOrder;
import net.khttpd.http.HttpDate;
import net.khttpd.http.Method;
import net.khttpd.http.OrderedPath;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.http.Status;
import net.khttpd.kernel.Errno;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// Decides answers whose file a backend has ordered: finds it beneath `internal_root` and narrows
/// it by the request's conditions and ranges, as any file, with the fields that the backend gave.
///
/// No rule about names or modes is asked: access control is the application's. Used by one loop.
public final class OrderedFiles {
  private static final int PATH_BYTES = 4096;
  private static final Decision.Await AWAIT = new Decision.Await();
  private static final Decision.Refuse ABSENT = new Decision.Refuse(Status.NOT_FOUND);
  private static final Decision.Refuse BUSY = new Decision.Refuse(Status.SERVICE_UNAVAILABLE);

  private final Loop loop;
  private final Counters counters;
  private final long seed;
  private final Narrowing narrowing = new Narrowing();
  private final MemorySegment path = Memory.allocate(PATH_BYTES);
  private LoopSites.@Nullable Orders orders;
  private @Nullable Finder finder;
  private String fault = "";

  /// @param seed of the path hashes, the same for all loops of a server, secret
  public OrderedFiles(Loop loop, LoopSites sites, Counters counters, long seed) {
    this.loop = loop;
    this.counters = counters;
    this.seed = seed;
    orders = sites.orders();
  }

  /// From the next decision on, these are the files.
  public void apply(LoopSites sites) {
    orders = sites.orders();
  }

  /// Decides what an order comes to: [Decision.Serve] or what it may be narrowed to,
  /// [Decision.Refuse], or [Decision.Await] as in [Decide#decide].
  ///
  /// @param head of the request
  public Decision decide(
      FileOrder order, RequestHead head, @Nullable Entry found, int lookups, Waiter waiter) {
    LoopSites.Orders beneath = orders;
    if (beneath == null) {
      return absent("internal_root is not set");
    }
    OrderedPath wanted = OrderedPath.of(order, beneath.root());
    byte[] bytes = wanted.bytes();
    if (bytes.length == 0) {
      return absent(wanted.fault());
    }
    MemorySegment.copy(bytes, 0, path, ValueLayout.JAVA_BYTE, 0, bytes.length);
    Finder finds = finder(beneath);
    finds.begin(beneath.view(), beneath.policy(), found, lookups);
    int hash = RequestPath.hashOf(path, 0, bytes.length, seed);
    Entry entry = finds.entryOf(path, bytes.length, hash, waiter);
    if (entry == null) {
      return finds.exhausted() ? busy("it could not be looked up in time") : AWAIT;
    }
    return entry.decision() instanceof Decision.Serve file
        ? answer(order, head, file)
        : unsuitable(entry);
  }

  /// Why the last order was refused, for the log.
  public String fault() {
    return fault;
  }

  /// Gives memory back; the loop has ended.
  public void close() {
    Memory.free(path);
    Finder made = finder;
    if (made != null) {
      made.free();
    }
  }

  private Finder finder(LoopSites.Orders beneath) {
    Finder made = finder;
    if (made == null) {
      made = new Finder(loop, counters, beneath.view(), beneath.policy(), PATH_BYTES, seed);
      finder = made;
    }
    return made;
  }

  private Decision answer(FileOrder order, RequestHead head, Decision.Serve file) {
    Decision.Serve ordered = Heads.ordered(file, order);
    boolean whole = order.status() != 200 && order.status() != 206;
    if (whole || (head.method() != Method.GET && head.method() != Method.HEAD)) {
      return ordered;
    }
    String given = order.lastModified();
    long now = loop.epochMillis() / 1000;
    return given == null
        ? narrowing.narrow(head, ordered, loop.epochMillis())
        : narrowing.narrow(head, ordered, dated(given, now), true, now);
  }

  /// The date that the application gives; what cannot be read is none.
  private static long dated(String given, long now) {
    byte[] text = given.getBytes(ISO_8859_1);
    long date = HttpDate.parse(MemorySegment.ofArray(text), 0, text.length, now);
    return date == HttpDate.INVALID ? Conditions.UNDATED : date;
  }

  private Decision unsuitable(Entry entry) {
    return switch (entry.facts().kind()) {
      case ABSENT -> absent("there is no such file");
      case DIRECTORY -> absent("it names a directory");
      case OTHER -> absent("it is not a regular file");
      case OUTSIDE -> absent("it leads out of internal_root");
      case UNREADABLE -> absent("our user may not read it");
      case REGULAR, FAILED -> busy(Errno.text(entry.facts().errno()));
    };
  }

  private Decision absent(String why) {
    fault = why;
    return ABSENT;
  }

  private Decision busy(String why) {
    fault = why;
    return BUSY;
  }
}
