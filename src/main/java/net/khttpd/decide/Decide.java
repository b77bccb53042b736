package net.khttpd.decide;

import java.lang.foreign.MemorySegment;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.Kind;
import net.khttpd.files.View;
import net.khttpd.files.Waiter;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.http.Status;
import net.khttpd.http.TargetForm;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// The decide stage of one loop: judge the request, look the file up, judge the file.
///
/// Both judgements are pure ([RequestRules], [FileRules]); here is what lies between them, the
/// look-up. Used by one loop's thread.
public final class Decide {
  /// As `lookups` to [#decide]: no more shall be awaited; what is not known counts as unavailable.
  public static final int GIVEN_UP = Integer.MAX_VALUE;

  /// Index names tried, and look-ups awaited, for one request.
  private static final int MAX_LOOKUPS = 16;

  private static final Decision.Await AWAIT = new Decision.Await();
  private static final Decision.Options OPTIONS = new Decision.Options();
  private static final Decision.AddSlash ADD_SLASH = new Decision.AddSlash();
  private static final byte[] ROOT = {'/'};
  private static final Rule[] RULES = Rule.values();
  private static final Decision[] PASS_ON = new Decision[RULES.length];
  private static final Decision[] REFUSE = new Decision[Status.values().length];

  static {
    for (Rule rule : RULES) {
      PASS_ON[rule.ordinal()] = new Decision.PassOn(rule);
    }
    for (Status status : Status.values()) {
      REFUSE[status.ordinal()] = new Decision.Refuse(status);
    }
  }

  private final Loop loop;
  private final Counters counters;
  private final long seed;
  private final MemorySegment root;
  private final Narrowing narrowing = new Narrowing();
  private final Variants variants;
  private View view;
  private Policy policy;
  private int longestTarget;
  private RequestPath path;
  private MemorySegment pathSpace;
  private MemorySegment indexPath;
  private boolean hit;
  private @Nullable Rule objecting;

  /// @param seed of the path hashes, the same for all loops of a server, secret
  public Decide(Loop loop, View view, Counters counters, Policy policy, int targetMax, long seed) {
    this.loop = loop;
    this.view = view;
    this.counters = counters;
    this.policy = policy;
    this.seed = seed;
    longestTarget = targetMax;
    pathSpace = Memory.allocate(RequestPath.spaceFor(targetMax));
    indexPath = Memory.allocate(targetMax + 512L);
    variants = new Variants(seed, targetMax + 512);
    root = Memory.allocate(ROOT.length);
    root.copyFrom(MemorySegment.ofArray(ROOT));
    path = new RequestPath(pathSpace, targetMax, seed);
  }

  /// From the next decision on, these rules and files hold, and targets may be so long. Heads that
  /// were begun under a greater bound may still come, so the room never shrinks.
  public void apply(Policy rules, View files, int targetMax) {
    policy = rules;
    view = files;
    if (targetMax > longestTarget) {
      longestTarget = targetMax;
      Memory.free(pathSpace);
      Memory.free(indexPath);
      pathSpace = Memory.allocate(RequestPath.spaceFor(targetMax));
      indexPath = Memory.allocate(targetMax + 512L);
      variants.resize(targetMax + 512);
      path = new RequestPath(pathSpace, targetMax, seed);
    }
  }

  /// Decides. With [Decision.Await], `waiter` is called later, once; the request is then decided
  /// again, with the entry found.
  ///
  /// @param found what an earlier [Decision.Await] of this request has brought, or null
  /// @param lookups how often this request has awaited, or [#GIVEN_UP]
  public Decision decide(RequestHead head, @Nullable Entry found, int lookups, Waiter waiter) {
    Method method = head.method();
    if (method == Method.CONNECT || method == Method.TRACE) {
      objecting = Rule.METHOD;
      return refuse(Status.METHOD_NOT_ALLOWED);
    }
    if (asksForServer(head) && !policy.backend()) {
      return OPTIONS;
    }
    decode(head);
    Rule rule = RequestRules.judge(head, path, policy);
    if (rule != null) {
      return objection(rule, head);
    }
    Entry usable = found != null && view.owns(found) ? found : null;
    return lookUp(head, path.bytes(), path.length(), path.hash(), usable, lookups, waiter);
  }

  /// The canonical path of the request just decided.
  public RequestPath path() {
    return path;
  }

  /// Whether the last decision came from the cache.
  public boolean hit() {
    return hit;
  }

  /// The rule of the last objection; null: a condition of the request was not met.
  public @Nullable Rule objecting() {
    return objecting;
  }

  public void close() {
    Memory.free(pathSpace);
    Memory.free(indexPath);
    Memory.free(root);
    variants.close();
  }

  /// `OPTIONS *` asks for the server as a whole, not for a file (RFC 9110 §9.3.7).
  private static boolean asksForServer(RequestHead head) {
    return head.targetForm() == TargetForm.ASTERISK && !head.bodyAnnounced();
  }

  /// An absolute-form target may have no path; it means the root (RFC 9112 §3.2.1). `OPTIONS *` has
  /// none either and is judged by its method.
  private void decode(RequestHead head) {
    int from = head.pathStart();
    int length = head.pathEnd() - from;
    if (length > 0) {
      path.decode(head.bytes(), head.base() + from, length);
    } else {
      path.decode(root, 0, 1);
    }
  }

  private Decision lookUp(
      RequestHead head,
      MemorySegment bytes,
      int length,
      int hash,
      @Nullable Entry found,
      int lookups,
      Waiter waiter) {
    Entry entry =
        found == null
            ? view.fresh(bytes, 0, length, hash, loop.nanos())
            : view.again(bytes, 0, length, hash, loop.nanos());
    if (entry != null && found == null && !view.unchanged(entry)) {
      entry = null; // a file to be sent by sendfile was rewritten since its last check
    }
    hit = entry != null && found == null;
    if (entry == null && found != null && names(found, bytes, length)) {
      entry = found;
    }
    if (entry == null) {
      if (lookups >= MAX_LOOKUPS) {
        return unavailable(head);
      }
      counters.increment(Counter.CACHE_MISSES);
      view.find(bytes, 0, length, hash, variants.beside(bytes, length, policy), waiter);
      return AWAIT;
    }
    if (hit) {
      counters.increment(Counter.CACHE_HITS);
    }
    return switch (verdict(entry)) {
      case Decision.Serve serve -> {
        boolean mayWait = found == null || !names(found, bytes, length);
        Decision.Serve chosen = chosen(head, serve, mayWait && lookups < MAX_LOOKUPS);
        if (chosen == null) {
          view.find(bytes, 0, length, hash, variants.beside(bytes, length, policy), waiter);
          yield AWAIT;
        }
        objecting = null; // what a condition refuses, no rule does
        yield narrowing.narrow(head, chosen, loop.epochMillis() / 1000);
      }
      case Decision.Objection objection -> ofFile(objection.rule(), entry, head);
      case Decision.Index _ -> index(head, found, lookups, waiter);
      case Decision.AlsoVariant _ -> throw new AssertionError("a verdict of a verdict");
    };
  }

  private static Decision.Verdict verdict(Entry entry) {
    return switch ((Decision.Verdict) entry.decision()) {
      case Decision.AlsoVariant also -> also.itself();
      case null -> throw new AssertionError("an entry was not prepared");
      case Decision.Verdict verdict -> verdict;
    };
  }

  /// The representation that this request gets; null if it must be looked up first.
  private Decision.@Nullable Serve chosen(RequestHead head, Decision.Serve serve, boolean mayWait) {
    Siblings siblings = serve.siblings();
    return siblings == null
        ? serve
        : variants.choose(head, serve, siblings, policy, view, loop.nanos(), mayWait);
  }

  private static boolean names(Entry entry, MemorySegment bytes, int length) {
    byte[] name = entry.path();
    return name.length == length
        && MemorySegment.mismatch(MemorySegment.ofArray(name), 0, length, bytes, 0, length) < 0;
  }

  /// The first index that exists; the application's own idea of a directory where none does.
  private Decision index(RequestHead head, @Nullable Entry found, int lookups, Waiter waiter) {
    if ((path.flags() & RequestPath.DIRECTORY) == 0) {
      return policy.backend() ? objection(Rule.DIRECTORY, head) : ADD_SLASH;
    }
    Decision last = objection(Rule.DIRECTORY, head);
    for (byte[] name : policy.index()) {
      int length = path.length() + name.length;
      if (length > indexPath.byteSize()) {
        continue;
      }
      MemorySegment.copy(path.bytes(), 0, indexPath, 0, path.length());
      MemorySegment.copy(
          name, 0, indexPath, java.lang.foreign.ValueLayout.JAVA_BYTE, path.length(), name.length);
      int hash = RequestPath.hashOf(indexPath, 0, length, seed);
      Decision decision = lookUp(head, indexPath, length, hash, found, lookups, waiter);
      if (!absent(decision)) {
        return decision;
      }
      last = decision;
    }
    return last;
  }

  private boolean absent(Decision decision) {
    return switch (decision) {
      case Decision.PassOn pass -> pass.rule() == Rule.EXISTS || pass.rule() == Rule.DIRECTORY;
      case Decision.Refuse _ -> objecting == Rule.EXISTS || objecting == Rule.DIRECTORY;
      case Decision.Serve _,
          Decision.ServePart _,
          Decision.ServeParts _,
          Decision.NotModified _,
          Decision.NotSatisfiable _,
          Decision.Options _,
          Decision.AddSlash _,
          Decision.Await _ ->
          false;
    };
  }

  private Decision ofFile(Rule rule, Entry entry, RequestHead head) {
    if (entry.facts().kind() == Kind.FAILED && !policy.backend()) {
      return unavailable(head);
    }
    return objection(rule, head);
  }

  private Decision objection(Rule rule, RequestHead head) {
    objecting = rule;
    if (policy.backend()) {
      return PASS_ON[rule.ordinal()];
    }
    return switch (rule.alone()) {
      case NOT_FOUND, SERVED -> refuse(Status.NOT_FOUND);
      case NOT_ALLOWED ->
          refuse(
              head.method() == Method.UNKNOWN ? Status.NOT_IMPLEMENTED : Status.METHOD_NOT_ALLOWED);
    };
  }

  private Decision unavailable(RequestHead head) {
    Decision objection = objection(Rule.EXISTS, head);
    return policy.backend() ? objection : refuse(Status.SERVICE_UNAVAILABLE);
  }

  private static Decision refuse(Status status) {
    return REFUSE[status.ordinal()];
  }
}
