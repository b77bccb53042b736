package net.khttpd.control;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import net.khttpd.decide.Explanation;
import net.khttpd.decide.Explanation.Recall;
import net.khttpd.decide.Explanation.Serving;
import net.khttpd.decide.LoopSites.Seat;
import net.khttpd.decide.Policy;
import net.khttpd.decide.Rule;
import net.khttpd.decide.Sites;
import net.khttpd.files.Clocks;
import net.khttpd.files.FileCaches;
import net.khttpd.http.RequestParser;
import net.khttpd.passon.NextBackend;
import net.khttpd.settings.OperatorException;
import net.khttpd.settings.Settings;
import net.khttpd.way.LoopStages.Shared;
import org.jspecify.annotations.Nullable;

/// Tells what becomes of a GET, rule by rule, as lines for people. Thread-safe; one explanation at
/// a time looks at the files of a running server.
final class Explaining {
  private static final long TURN_SECONDS = 35;

  private final ReentrantLock turn = new ReentrantLock(true);

  /// Without a server: by settings and files alone.
  static List<String> offline(String target, Settings settings) {
    try (var caches = new FileCaches(SharedParts.bounds(settings), Clocks.SYSTEM)) {
      Sites sites = HostPlan.of(settings).open(caches);
      var serving = new Serving(sites, 0, 0, settings.targetMax());
      Explanation explanation = Explanation.of(target, serving, parser(settings));
      return lines(target, sites, explanation, List.of());
    }
  }

  /// By what a running server uses at this moment.
  ///
  /// @throws OperatorException if earlier explanations wait for a file system
  List<String> live(String target, Shared shared) throws OperatorException {
    take();
    try {
      Settings settings = shared.settings();
      var serving =
          new Serving(shared.sites(), FileCaches.SPARE_LOOP, shared.seed(), settings.targetMax());
      Explanation explanation = Explanation.of(target, serving, parser(settings));
      var more = new ArrayList<String>(List.of("cache: " + words(explanation.recall())));
      Seat seat = explanation.seat();
      if (seat != null && seat.site().policy().backend()) {
        more.add(
            "backend: "
                + NextBackend.inWords(
                    shared.backendSets(),
                    seat.place(),
                    target,
                    parser(settings),
                    System.nanoTime()));
      }
      return lines(target, shared.sites(), explanation, more);
    } finally {
      turn.unlock();
    }
  }

  private void take() throws OperatorException {
    try {
      if (turn.tryLock(TURN_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new OperatorException("explain: other explanations wait for a file system; try again");
  }

  private static RequestParser parser(Settings settings) {
    return new RequestParser(settings.headMax(), settings.targetMax(), settings.headFields());
  }

  private static List<String> lines(
      String target, Sites sites, Explanation explanation, List<String> more) {
    Seat seat = explanation.seat();
    Policy policy = (seat == null ? sites.all().getFirst() : seat.site()).policy();
    var lines = new ArrayList<String>();
    lines.add(
        "GET "
            + target.replaceAll("\\p{Cntrl}", "?")
            + (policy.backend() ? "" : "   (no backend: alone)"));
    if (!sites.single()) {
      lines.add("host: " + host(seat));
    }
    for (Explanation.Verdict verdict : explanation.verdicts()) {
      Rule rule = verdict.rule();
      lines.add(
          String.format(
              "%3d  %-14s %-9s %s",
              rule.number(), rule.label(), word(verdict, policy), rule.sentence()));
    }
    lines.addAll(more);
    lines.add(explanation.outcome());
    return lines;
  }

  private static String host(@Nullable Seat seat) {
    if (seat == null) {
      return "not asked";
    }
    String host = seat.site().host();
    return host.isEmpty() ? "no vhost names it" : "vhost " + host;
  }

  private static String words(Recall recall) {
    return switch (recall) {
      case REMEMBERED -> "remembered";
      case LOOKED_UP -> "not remembered until now";
      case NOT_ASKED -> "not asked, since the head decides";
    };
  }

  private static String word(Explanation.Verdict verdict, Policy policy) {
    return switch (verdict.word()) {
      case OK -> "ok";
      case NOT_ASKED -> "not asked";
      case OBJECTS -> isIgnored(verdict.rule(), policy) ? "ignored" : "objects";
    };
  }

  private static boolean isIgnored(Rule rule, Policy policy) {
    return !policy.backend()
        && switch (rule.alone()) {
          case SERVED -> true;
          case SERVED_IF_OURS -> !policy.stranger();
          case NOT_FOUND, NOT_ALLOWED -> false;
        };
  }
}
