package net.khttpd.decide;

import net.khttpd.files.Entry;
import net.khttpd.http.Status;
import net.khttpd.send.HeadTemplate;

/// What shall happen to a request. All instances are made beforehand (a [Serve] lives in its cache
/// entry), so that deciding allocates nothing; one exhaustive `switch` in the way of a request is
/// the only place where the ways part.
public sealed interface Decision {
  /// Answer 200 with the file of this entry.
  record Serve(Entry entry, HeadTemplate head, NotModified notModified, byte[] entityTag)
      implements Decision, Verdict {}

  /// Answer 304: the client has this version.
  record NotModified(HeadTemplate head) implements Decision {}

  /// Give the request to a backend, because this rule objected.
  record PassOn(Rule rule) implements Decision {}

  /// Answer an error ourselves; the connection goes on.
  record Refuse(Status status) implements Decision {}

  /// Answer an error ourselves with a page of the operator's; the connection goes on.
  record Page(Status status, Entry entry, HeadTemplate head) implements Decision {}

  /// Answer 200 with the listing of a directory, which was made for this request.
  record Listed(Entry entry, HeadTemplate head) implements Decision, Verdict {}

  /// Answer 301: a directory was named without its final slash.
  record AddSlash() implements Decision {}

  /// Nothing yet: a cold look-up has begun, and the request is decided again when it is done.
  record Await() implements Decision {}

  /// What is known of a path once its file has been judged, kept in the cache entry.
  sealed interface Verdict permits Serve, Objection, Index, Listed {}

  /// A rule objects to the file.
  record Objection(Rule rule) implements Verdict {}

  /// A directory: look for its index, or list it.
  record Index() implements Verdict {}
}
