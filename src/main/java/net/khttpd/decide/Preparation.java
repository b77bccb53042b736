package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.function.Consumer;
import net.khttpd.files.Entry;
import net.khttpd.files.Facts;
import net.khttpd.files.Kind;
import net.khttpd.http.EntityTag;
import net.khttpd.http.HttpDate;
import net.khttpd.http.MediaTypes;
import net.khttpd.send.HeadTemplate;

/// Judges a file once, off the loop, when it has been loaded, and makes the heads of its answers.
/// What comes out is kept in the entry until the file changes. Thread-safe.
public final class Preparation implements Consumer<Entry> {
  private static final Decision.Index INDEX = new Decision.Index();

  /// A file changed so shortly before it was read may change again within the same instant (RFC
  /// 9110 §8.8.2.2).
  private static final long FRESH_MILLIS = 2000;

  private final Policy policy;

  public Preparation(Policy policy) {
    this.policy = policy;
  }

  @Override
  public void accept(Entry entry) {
    entry.setDecision(verdict(entry));
  }

  private Decision.Verdict verdict(Entry entry) {
    Facts facts = entry.facts();
    if (facts.kind() == Kind.DIRECTORY) {
      boolean ours = policy.index().length > 0 || policy.substitutes().listing();
      return ours ? INDEX : new Decision.Objection(Rule.DIRECTORY);
    }
    byte[] path = entry.path();
    int type = policy.mediaTypes().find(MemorySegment.ofArray(path), 0, path.length);
    Rule objecting = FileRules.judge(path, facts, type, policy);
    return objecting == null ? serve(entry, type) : new Decision.Objection(objecting);
  }

  private Decision.Serve serve(Entry entry, int type) {
    Facts facts = entry.facts();
    byte[] tag = entityTag(entry);
    String validators =
        "Last-Modified: %s\r\nETag: %s\r\n"
            .formatted(text(HttpDate.format(lastModified(entry))), text(tag));
    byte[] contentType =
        type == MediaTypes.UNKNOWN ? policy.defaultType() : policy.mediaTypes().contentType(type);
    String fields =
        "Content-Type: %s\r\nContent-Length: %d\r\n%sAccept-Ranges: bytes\r\n"
            .formatted(text(contentType), facts.size(), validators);
    return new Decision.Serve(
        entry,
        new HeadTemplate("HTTP/1.1 200 OK", fields),
        new Decision.NotModified(new HeadTemplate("HTTP/1.1 304 Not Modified", validators)),
        tag);
  }

  /// Never in the future (RFC 9110 §8.8.2.1).
  static long lastModified(Entry entry) {
    return Math.min(entry.facts().mtimeSeconds(), entry.readAtEpochMillis() / 1000);
  }

  private static byte[] entityTag(Entry entry) {
    byte[] hash = entry.contentHash();
    if (hash != null) {
      return ("\"" + HexFormat.of().formatHex(hash) + "\"").getBytes(ISO_8859_1);
    }
    Facts facts = entry.facts();
    long mtimeMillis = facts.mtimeSeconds() * 1000 + facts.mtimeNanos() / 1_000_000;
    boolean weak = entry.readAtEpochMillis() - mtimeMillis < FRESH_MILLIS;
    return EntityTag.of(facts.size(), facts.mtimeSeconds(), facts.mtimeNanos(), "", weak);
  }

  private static String text(byte[] ascii) {
    return new String(ascii, ISO_8859_1);
  }
}
