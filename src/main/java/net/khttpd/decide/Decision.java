package net.khttpd.decide;

import java.util.List;
import net.khttpd.client.BodyPart;
import net.khttpd.files.Entry;
import net.khttpd.http.Status;
import net.khttpd.send.HeadTemplate;
import org.jspecify.annotations.Nullable;

/// What shall happen to a request. Instances are made beforehand (a [Serve] lives in its cache
/// entry), so that deciding allocates nothing, save those that hold a range; one exhaustive
/// `switch` in the way of a request is the only place where the ways part.
public sealed interface Decision {
  /// Answer 200 with the file of this entry.
  ///
  /// @param entityTag as it is sent; empty if none is
  /// @param fields of which the heads were made, and the rarer answers about this file are
  /// @param siblings the variants beside it; null if it can have none
  @SuppressWarnings("ArrayRecordComponent") // never written to, and never compared as a record
  record Serve(
      Entry entry,
      HeadTemplate head,
      NotModified notModified,
      byte[] entityTag,
      AnswerFields fields,
      @Nullable Siblings siblings)
      implements Decision, Verdict {}

  /// Answer 206 with one range of a file.
  record ServePart(Serve whole, long first, long length) implements Decision {}

  /// Answer 206 with several.
  ///
  /// @param length of the body
  record ServeParts(HeadTemplate head, List<BodyPart> parts, long length) implements Decision {}

  /// Answer 416: no byte of the range lies within the file's `size`.
  record NotSatisfiable(long size) implements Decision {}

  /// Answer 304: the client has this version.
  record NotModified(HeadTemplate head) implements Decision {}

  /// Give the request to a backend, because this rule objected.
  record PassOn(Rule rule) implements Decision {}

  /// Answer an error ourselves; the connection goes on.
  record Refuse(Status status) implements Decision {}

  /// Answer 204 to `OPTIONS *`: what the server as a whole can do.
  record Options() implements Decision {}

  /// Answer an error ourselves with a page of the operator's; the connection goes on.
  record Page(Status status, Entry entry, HeadTemplate head) implements Decision {}

  /// Answer 200 with the listing of a directory, which was made for this request.
  record Listed(Entry entry, HeadTemplate head) implements Decision, Verdict {}

  /// Answer 301: a directory was named without its final slash.
  record AddSlash() implements Decision {}

  /// Nothing yet: a cold look-up has begun, and the request is decided again when it is done.
  record Await() implements Decision {}

  /// What is known of a path once its file has been judged, kept in the cache entry.
  sealed interface Verdict permits Serve, Objection, Index, Listed, AlsoVariant {}

  /// A rule objects to the file.
  record Objection(Rule rule) implements Verdict {}

  /// A directory: look for its index, or list it.
  record Index() implements Verdict {}

  /// A file whose name is that of a variant.
  ///
  /// @param itself what becomes of a request for that very name
  /// @param variant its answer in the place of the original
  record AlsoVariant(Verdict itself, Serve variant) implements Verdict {}
}
