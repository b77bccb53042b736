package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.LoopFiles;
import net.khttpd.files.Waiter;
import net.khttpd.http.MediaTypes;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestParser;
import net.khttpd.http.RequestPath;
import net.khttpd.http.Status;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// Every rule's verdict on one GET, and what follows, by the very code that serves. Cold; one
/// thread.
///
/// @param verdicts in the order of the rules; empty if the request is refused before any rule
/// @param recall what the cache knew of the file when it was asked
/// @param seat the site that it is of; null if it is refused before that is known
/// @param outcome begins with `served`, `passed on: RULE` or `refused: STATUS`
public record Explanation(
    List<Verdict> verdicts, Recall recall, LoopSites.@Nullable Seat seat, String outcome) {
  /// What one rule says.
  public enum Word {
    OK,
    OBJECTS,
    /// there is nothing it could be asked about
    NOT_ASKED
  }

  /// What the cache knew.
  public enum Recall {
    REMEMBERED,
    /// it was looked up for this explanation
    LOOKED_UP,
    /// the head alone decided
    NOT_ASKED
  }

  /// What serves, or would.
  ///
  /// @param loop number that no loop has
  /// @param seed of the path hashes of these files
  public record Serving(Sites sites, int loop, long seed, int targetMax) {}

  /// One rule and what it says.
  public record Verdict(Rule rule, Word word) {}

  private static final long LOOK_UP_SECONDS = 30;

  /// Explains what becomes of `GET target`.
  public static Explanation of(String target, Serving serving, RequestParser parser) {
    if (target.chars().anyMatch(Character::isISOControl)) {
      return malformed(400); // could be more than one line of a head
    }
    byte[] head = ("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").getBytes(UTF_8);
    MemorySegment bytes = Memory.allocate(head.length);
    bytes.copyFrom(MemorySegment.ofArray(head));
    try {
      int parsed = parser.parse(bytes, 0, head.length);
      if (parsed <= 0) {
        return malformed(parsed == 0 ? 400 : -parsed);
      }
      return explain(parser.head(), serving);
    } finally {
      Memory.free(bytes);
    }
  }

  private static Explanation malformed(int status) {
    String why =
        status == 400
            ? " because the target is malformed (it begins with /, blanks and controls are encoded)"
            : " because the target is too long";
    return new Explanation(List.of(), Recall.NOT_ASKED, null, "refused: " + status + why);
  }

  private static Explanation explain(RequestHead head, Serving serving) {
    var mailbox = new LinkedBlockingQueue<Runnable>();
    LoopFiles files = serving.sites().family().loop(serving.loop(), mailbox::add);
    var sites = new LoopSites(serving.sites(), files);
    var loop = new Loop(0, false, Loop.TurnObserver.NONE, fault -> {});
    var decide = new Decide(loop, sites, new Counters(), serving.targetMax(), serving.seed());
    try {
      var asked = new Asked(decide, head, mailbox);
      Decision decision = asked.decision();
      Policy policy = decide.seat().site().policy();
      Rule decided = decided(decision, decide);
      List<Verdict> verdicts =
          verdicts(head, decide.path(), asked.entryOf(decide.path()), policy).stream()
              .map(each -> each.rule() == decided ? new Verdict(decided, Word.OBJECTS) : each)
              .toList();
      String outcome = outcome(decision, decide, policy);
      return new Explanation(verdicts, asked.recall(), decide.seat(), outcome);
    } finally {
      files.close();
      decide.close();
      loop.end();
      loop.run();
    }
  }

  /// The rule that decided: of a directory it may speak of what `index` names in it, which the
  /// directory's own entry does not tell.
  private static @Nullable Rule decided(Decision decision, Decide decide) {
    boolean objection =
        decision instanceof Decision.PassOn
            || decision instanceof Decision.Refuse
            || decision instanceof Decision.Page;
    return objection ? decide.objecting() : null;
  }

  private static List<Verdict> verdicts(
      RequestHead head, RequestPath path, @Nullable Entry entry, Policy policy) {
    var verdicts = new ArrayList<Verdict>();
    for (Rule rule : Rule.values()) {
      Word word;
      if (rule == Rule.DOTFILE && entry != null && FileRules.deploymentDescriptor(entry.path())) {
        word = Word.OBJECTS;
      } else if (rule.ofHead()) {
        word = RequestRules.objects(rule, head, path, policy) ? Word.OBJECTS : Word.OK;
      } else if (entry == null) {
        word = Word.NOT_ASKED;
      } else {
        byte[] name = entry.path();
        int type = policy.mediaTypes().find(MemorySegment.ofArray(name), 0, name.length);
        word = FileRules.objects(rule, entry.facts(), type, policy) ? Word.OBJECTS : Word.OK;
      }
      verdicts.add(new Verdict(rule, word));
    }
    return verdicts;
  }

  private static String outcome(Decision decision, Decide decide, Policy policy) {
    return switch (decision) {
      case Decision.Serve serve -> served(serve.entry(), policy);
      case Decision.ServePart _, Decision.ServeParts _ -> "served: 206";
      case Decision.NotModified _ -> "served: 304";
      case Decision.NotSatisfiable _ -> "refused: 416";
      case Decision.Options _ -> "served: 204";
      case Decision.PassOn pass ->
          "passed on: %s (rule %d asks that %s)"
              .formatted(pass.rule().label(), pass.rule().number(), pass.rule().sentence());
      case Decision.Refuse refusal -> refused(refusal.status(), decide.objecting());
      case Decision.Page page ->
          refused(page.status(), decide.objecting())
              + ", with the page "
              + new String(page.entry().path(), UTF_8);
      case Decision.Listed listed ->
          "served %s: a listing, %d bytes"
              .formatted(new String(listed.entry().path(), UTF_8), listed.entry().facts().size());
      case Decision.AddSlash _ -> "served: 301 to the same path with a final slash";
      case Decision.Await _ -> "refused: 503 because the file system did not answer in time";
    };
  }

  private static String refused(Status status, @Nullable Rule rule) {
    String words = "refused: %d %s".formatted(status.code(), status.reason());
    return rule == null
        ? words
        : "%s (rule %d, %s, asks that %s)"
            .formatted(words, rule.number(), rule.label(), rule.sentence());
  }

  private static String served(Entry entry, Policy policy) {
    byte[] path = entry.path();
    int type = policy.mediaTypes().find(MemorySegment.ofArray(path), 0, path.length);
    byte[] name =
        type == MediaTypes.UNKNOWN ? policy.defaultType() : policy.mediaTypes().contentType(type);
    return "served %s: %s, %d bytes, %s"
        .formatted(
            new String(path, UTF_8),
            new String(name, UTF_8),
            entry.facts().size(),
            entry.body() != null ? "from memory" : "by sendfile");
  }

  /// Decides, waiting for cold look-ups instead of turning.
  private static final class Asked implements Waiter {
    private final Decide decide;
    private final RequestHead head;
    private final LinkedBlockingQueue<Runnable> mailbox;
    private final List<Entry> seen = new ArrayList<>();
    private Decision decision;
    private int lookups;

    Asked(Decide decide, RequestHead head, LinkedBlockingQueue<Runnable> mailbox) {
      this.decide = decide;
      this.head = head;
      this.mailbox = mailbox;
      this.decision = decide.decide(head, null, 0, this);
    }

    Recall recall() {
      return lookups > 0 ? Recall.LOOKED_UP : decide.hit() ? Recall.REMEMBERED : Recall.NOT_ASKED;
    }

    Decision decision() {
      try {
        while (decision instanceof Decision.Await) {
          Runnable delivery = mailbox.poll(LOOK_UP_SECONDS, TimeUnit.SECONDS);
          if (delivery == null) {
            return decision;
          }
          delivery.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return decision;
    }

    @Override
    public void found(Entry entry) {
      seen.add(entry);
      decision = decide.decide(head, entry, ++lookups, this);
    }

    /// What was found of the path itself or, for a directory, of its index.
    @Nullable Entry entryOf(RequestPath path) {
      if (decision instanceof Decision.Serve serve) {
        return serve.entry();
      }
      for (Entry entry : seen) {
        byte[] name = entry.path();
        if (MemorySegment.mismatch(
                MemorySegment.ofArray(name), 0, name.length, path.bytes(), 0, path.length())
            < 0) {
          return entry;
        }
      }
      return null;
    }
  }
}
