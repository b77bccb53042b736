package net.khttpd.decide;

import java.lang.foreign.MemorySegment;
import java.util.Objects;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.Kind;
import net.khttpd.files.View;
import net.khttpd.files.Waiter;
import net.khttpd.http.AcceptField;
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

  private static final Decision.Await AWAIT = new Decision.Await();
  private static final Decision.Options OPTIONS = new Decision.Options();
  private static final Decision.AddSlash ADD_SLASH = new Decision.AddSlash();
  private static final byte[] ROOT = {'/'};
  private static final Rule[] RULES = Rule.values();
  private static final Decision[] PASS_ON = new Decision[RULES.length];
  private static final Decision.Refuse[] REFUSE = new Decision.Refuse[Status.values().length];

  static {
    for (Rule rule : RULES) {
      PASS_ON[rule.ordinal()] = new Decision.PassOn(rule);
    }
    for (Status status : Status.values()) {
      REFUSE[status.ordinal()] = new Decision.Refuse(status);
    }
  }

  private final Loop loop;
  private final long seed;
  private final MemorySegment root;
  private final Narrowing narrowing = new Narrowing();
  private final ErrorPages pages = new ErrorPages();
  private final Finder finder;
  private LoopSites sites;
  private LoopSites.Seat seat;
  private Policy policy;
  private int longestTarget;
  private RequestPath path;
  private MemorySegment pathSpace;
  private boolean uncertain;
  private @Nullable Rule objecting;

  /// @param seed of the path hashes, the same for all loops of a server, secret
  public Decide(Loop loop, LoopSites sites, Counters counters, int targetMax, long seed) {
    this.loop = loop;
    this.sites = sites;
    this.seat = sites.first();
    this.policy = seat.site().policy();
    this.seed = seed;
    finder = new Finder(loop, counters, filesOf(seat), policy, targetMax, seed);
    longestTarget = targetMax;
    pathSpace = Memory.allocate(RequestPath.spaceFor(targetMax));
    root = Memory.allocate(ROOT.length);
    root.copyFrom(MemorySegment.ofArray(ROOT));
    path = new RequestPath(pathSpace, targetMax, seed);
  }

  /// From the next decision on, these are the sites.
  public void apply(LoopSites next) {
    sites = next;
    sit(next.first());
    pages.clear();
  }

  /// From the next decision on, targets may be so long. Heads that were begun under a greater bound
  /// may still come, so the room never shrinks.
  public void apply(int targetMax) {
    if (targetMax > longestTarget) {
      longestTarget = targetMax;
      Memory.free(pathSpace);
      pathSpace = Memory.allocate(RequestPath.spaceFor(targetMax));
      path = new RequestPath(pathSpace, targetMax, seed);
      finder.grow(targetMax);
    }
  }

  /// Decides. With [Decision.Await], `waiter` is called later, once; the request is then decided
  /// again, with the entry found.
  ///
  /// @param found what an earlier [Decision.Await] of this request has brought, or null
  /// @param lookups how often this request has awaited, or [#GIVEN_UP]
  public Decision decide(RequestHead head, @Nullable Entry found, int lookups, Waiter waiter) {
    if (!sites.single()) {
      sit(sites.of(head));
    }
    uncertain = false;
    Decision decision = judge(head, found, lookups, waiter);
    return decision instanceof Decision.Refuse refusal
        ? page(seat, refusal, found, lookups, waiter)
        : decision;
  }

  /// How to refuse with this status a request whose head is gone: by a page of its site's, or in
  /// our own words. [Decision.Await] as in [#decide].
  ///
  /// @param of what [#seat] was when the request was decided; null: it never was
  public Decision refusal(
      LoopSites.@Nullable Seat of,
      Status status,
      @Nullable Entry found,
      int lookups,
      Waiter waiter) {
    Decision.Refuse refusal = REFUSE[status.ordinal()];
    return of != null && sites.has(of) ? page(of, refusal, found, lookups, waiter) : refusal;
  }

  /// The site of the request just decided.
  public LoopSites.Seat seat() {
    return seat;
  }

  /// The same of a request that was decided earlier: sites may have changed since.
  ///
  /// @param then what [#seat] was
  public LoopSites.Seat seatNow(LoopSites.@Nullable Seat then, RequestHead head) {
    if (then != null && sites.has(then)) {
      return then;
    }
    return sites.single() ? sites.first() : sites.of(head);
  }

  /// The canonical path of the request just decided.
  public RequestPath path() {
    return path;
  }

  /// Whether the last decision came from the cache.
  public boolean hit() {
    return finder.hit();
  }

  /// The rule of the last objection; null: a condition of the request was not met.
  public @Nullable Rule objecting() {
    return objecting;
  }

  public void close() {
    Memory.free(pathSpace);
    Memory.free(root);
    finder.free();
  }

  private void sit(LoopSites.Seat next) {
    seat = next;
    policy = next.site().policy();
  }

  /// Without files every request has met an objection before one is looked for.
  private static View filesOf(LoopSites.Seat seat) {
    return Objects.requireNonNull(seat.view(), "a site without files was asked for one");
  }

  private Decision judge(RequestHead head, @Nullable Entry found, int lookups, Waiter waiter) {
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
    finder.begin(filesOf(seat), policy, found, lookups);
    Entry entry = finder.entryOf(path.bytes(), path.length(), path.hash(), waiter);
    Decision decision = ofEntry(entry, head, waiter);
    boolean another = policy.substitutes().tried().length > 0 && !uncertain && absent(decision);
    return another ? another(decision, head, waiter) : decision;
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

  private Decision ofEntry(@Nullable Entry entry, RequestHead head, Waiter waiter) {
    if (entry == null) {
      return finder.exhausted() ? unavailable(head) : AWAIT;
    }
    return switch (verdict(entry)) {
      case Decision.Serve serve -> representation(head, serve, waiter);
      case Decision.Objection objection -> ofFile(objection.rule(), entry, head);
      case Decision.Index _ -> index(head, entry, waiter);
      case Decision.Listed listed -> listed;
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

  /// The file or a variant of it, and of that what conditions and ranges ask for.
  private Decision representation(RequestHead head, Decision.Serve serve, Waiter waiter) {
    Decision.Serve chosen = finder.chosen(head, serve, waiter);
    if (chosen == null) {
      return AWAIT;
    }
    objecting = null; // what a condition refuses, no rule does
    return narrowing.narrow(head, chosen, loop.epochMillis());
  }

  /// The first index that exists, or a listing; the application's own idea of a directory where
  /// there is neither.
  private Decision index(RequestHead head, Entry directory, Waiter waiter) {
    if ((path.flags() & RequestPath.DIRECTORY) == 0) {
      return policy.backend() ? objection(Rule.DIRECTORY, head) : ADD_SLASH;
    }
    for (byte[] name : policy.index()) {
      Entry entry = finder.entryOf(path, path.length(), name, waiter);
      Decision decision = ofEntry(entry, head, waiter);
      if (uncertain || !absent(decision)) {
        return decision;
      }
    }
    return policy.substitutes().listing()
        ? listing(head, directory, waiter)
        : objection(Rule.DIRECTORY, head);
  }

  /// A listing is made anew for each request, by a worker: it is what the request awaits.
  private Decision listing(RequestHead head, Entry directory, Waiter waiter) {
    Rule rule = DirectoryAnswer.objection(directory.facts(), policy);
    if (rule != null) {
      return objection(rule, head);
    }
    Entry made = finder.brought(path.bytes(), path.length());
    if (made != null && !(made.decision() instanceof Decision.Index)) {
      return ofEntry(made, head, waiter);
    }
    if (finder.exhausted()) {
      return unavailable(head);
    }
    var answer = new DirectoryAnswer(policy, AcceptField.prefersJson(head));
    finder.files().list(directory, answer, waiter);
    return AWAIT;
  }

  /// The first file of `try` that exists, else what was decided without.
  private Decision another(Decision without, RequestHead head, Waiter waiter) {
    Rule why = objecting;
    for (byte[] name : policy.substitutes().tried()) {
      Entry entry = finder.entryOf(path, 0, name, waiter);
      if (entry == null
          || entry.facts().kind() == Kind.FAILED
          || verdict(entry) instanceof Decision.Serve) {
        return ofEntry(entry, head, waiter);
      }
    }
    objecting = why;
    return without;
  }

  /// The same refusal with a page of the site's, if there is one, and it is small enough for
  /// memory.
  private Decision page(
      LoopSites.Seat of,
      Decision.Refuse refusal,
      @Nullable Entry found,
      int lookups,
      Waiter waiter) {
    Policy its = of.site().policy();
    byte[] name = its.substitutes().page(refusal.status());
    if (name == null) {
      return refusal;
    }
    finder.begin(filesOf(of), its, found, lookups);
    Entry entry = finder.entryOf(path, 0, name, waiter);
    if (entry == null) {
      return finder.exhausted() ? refusal : AWAIT;
    }
    boolean small = verdict(entry) instanceof Decision.Serve && entry.body() != null;
    return small ? pages.of(refusal.status(), entry, its) : refusal;
  }

  private boolean absent(Decision decision) {
    return switch (decision) {
      case Decision.PassOn pass -> pass.rule() == Rule.EXISTS || pass.rule() == Rule.DIRECTORY;
      case Decision.Refuse refusal ->
          refusal.status() == Status.NOT_FOUND
              && (objecting == Rule.EXISTS || objecting == Rule.DIRECTORY);
      case Decision.Serve _,
          Decision.ServePart _,
          Decision.ServeParts _,
          Decision.NotModified _,
          Decision.NotSatisfiable _,
          Decision.Options _,
          Decision.Page _,
          Decision.Listed _,
          Decision.AddSlash _,
          Decision.Await _ ->
          false;
    };
  }

  private Decision ofFile(Rule rule, Entry entry, RequestHead head) {
    return entry.facts().kind() == Kind.FAILED ? unavailable(head) : objection(rule, head);
  }

  private Decision objection(Rule rule, RequestHead head) {
    objecting = rule;
    if (policy.backend()) {
      return PASS_ON[rule.ordinal()];
    }
    return switch (rule.alone()) {
      case NOT_FOUND, SERVED, SERVED_IF_OURS -> refuse(Status.NOT_FOUND);
      case NOT_ALLOWED ->
          refuse(
              head.method() == Method.UNKNOWN ? Status.NOT_IMPLEMENTED : Status.METHOD_NOT_ALLOWED);
    };
  }

  /// It cannot be said whether there is such a file: nothing else is answered in its place.
  private Decision unavailable(RequestHead head) {
    uncertain = true;
    Decision objection = objection(Rule.EXISTS, head);
    return policy.backend() ? objection : refuse(Status.SERVICE_UNAVAILABLE);
  }

  private static Decision refuse(Status status) {
    return REFUSE[status.ordinal()];
  }
}
