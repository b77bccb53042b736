package net.khttpd.decide;

import net.khttpd.http.ByteRanges;
import net.khttpd.http.Conditions;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.Status;

/// Narrows the 200 of a file to what the request's conditions and ranges ask for, in the order of
/// RFC 9110 §13.2.2. Used by one loop; a request without such fields costs two looks at a mask.
final class Narrowing {
  private static final Decision FAILED = new Decision.Refuse(Status.PRECONDITION_FAILED);

  private final ByteRanges ranges = new ByteRanges();
  private final Multipart multipart = new Multipart();

  /// @param epochMillis the turn's time
  Decision narrow(RequestHead head, Decision.Serve serve, long epochMillis) {
    long now = epochMillis / 1000;
    boolean strong = serve.entry().facts().mtimeSeconds() < now;
    return narrow(head, serve, Preparation.lastModified(serve.entry()), strong, now);
  }

  /// The same of an answer whose date is not its file's.
  ///
  /// @param modified as it is sent, in seconds since 1970
  /// @param strong whether it tells versions apart
  Decision narrow(RequestHead head, Decision.Serve serve, long modified, boolean strong, long now) {
    if (Conditions.any(head)) {
      switch (Conditions.judge(head, serve.entityTag(), modified, now)) {
        case NOT_MODIFIED -> {
          return serve.notModified();
        }
        case FAILED -> {
          return FAILED;
        }
        case PROCEED -> {}
      }
    }
    boolean ranged = ByteRanges.asked(head) && head.method() == Method.GET; // RFC 9110 §14.2
    return ranged ? range(head, serve, modified, strong, now) : serve;
  }

  private Decision range(
      RequestHead head, Decision.Serve serve, long modified, boolean strong, long now) {
    if (!Conditions.rangeMayApply(head, serve.entityTag(), modified, strong, now)) {
      return serve;
    }
    long size = serve.entry().facts().size();
    return switch (ranges.read(head, size)) {
      case IGNORED -> serve;
      case UNSATISFIABLE -> new Decision.NotSatisfiable(size);
      case SATISFIABLE ->
          ranges.count() == 1
              ? new Decision.ServePart(serve, ranges.first(0), ranges.length(0))
              : multipart.of(serve, ranges);
    };
  }
}
