package net.khttpd.frontdoor.attack;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What must come of one row, as the client and the backend see it.
public sealed interface Outcome {
  /// One answer with one of these statuses, then the connection ends; the backend sees nothing.
  record Refused(Set<Integer> statuses) implements Outcome {}

  /// Answered by ourselves with one of these statuses; the connection may go on or end; the backend
  /// sees nothing.
  record Answered(Set<Integer> statuses) implements Outcome {}

  /// 200 with the file at this path of the site, and the connection goes on.
  record Served(String path) implements Outcome {}

  /// The backend receives one request with this request line and body, with these field lines and
  /// without fields of these names; its answer comes back, and the connection goes on.
  record PassedOn(String requestLine, String body, List<String> lines, List<String> absent)
      implements Outcome {}

  /// A fault in a chunk. What arrived with the head: 400 and nothing reaches the backend. Later:
  /// 400 too, and the backend never gets a complete request, nor a byte of the faulty chunk.
  record FaultInChunk() implements Outcome {}

  /// The specification leaves the choice.
  record Either(Outcome one, Outcome other) implements Outcome {}

  static Outcome refused(Integer... statuses) {
    return new Refused(new TreeSet<>(Set.of(statuses)));
  }

  static Outcome answered(Integer... statuses) {
    return new Answered(new TreeSet<>(Set.of(statuses)));
  }

  static Outcome served(String path) {
    return new Served(path);
  }

  static PassedOn passedOn(String requestLine) {
    return new PassedOn(requestLine, "", List.of(), List.of());
  }

  static PassedOn passedOn(String requestLine, String body) {
    return new PassedOn(requestLine, body, List.of(), List.of());
  }

  static Outcome either(Outcome one, Outcome other) {
    return new Either(one, other);
  }
}
