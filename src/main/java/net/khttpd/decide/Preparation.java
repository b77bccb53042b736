package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.function.Consumer;
import net.khttpd.files.Entry;
import net.khttpd.files.Facts;
import net.khttpd.files.Kind;
import net.khttpd.http.Conditions;
import net.khttpd.http.ContentCoding;
import net.khttpd.http.EntityTag;
import net.khttpd.http.HttpDate;
import net.khttpd.http.MediaTypes;
import net.khttpd.settings.EtagKind;
import org.jspecify.annotations.Nullable;

/// Judges a file once, off the loop, when it has been loaded, and makes the heads of its answers.
/// What comes out is kept in the entry until the file changes. Thread-safe.
public final class Preparation implements Consumer<Entry> {
  private static final Decision.Index INDEX = new Decision.Index();

  private static final byte[] NO_TAG = {};
  private static final int VARIANT_BYTES = 1600;

  private final Policy policy;
  private final boolean ordered;

  public Preparation(Policy policy) {
    this(policy, false);
  }

  private Preparation(Policy policy, boolean ordered) {
    this.policy = policy;
    this.ordered = ordered;
  }

  /// Of files that a backend orders: every regular file that can be read is one to send, whatever
  /// its name and mode.
  public static Preparation ofOrders(Policy policy) {
    return new Preparation(policy, true);
  }

  @Override
  public void accept(Entry entry) {
    Decision.Verdict verdict = verdict(entry);
    entry.setDecision(verdict);
    entry.weigh(beyondUsual(verdict));
  }

  /// Bytes of heap, nearly: the operator's fields stand in four heads at most, and a variant has
  /// heads of its own and makes its original have more.
  private static int beyondUsual(Decision.Verdict verdict) {
    return switch (verdict) {
      case Decision.Serve serve -> 4 * serve.fields().extra().length();
      case Decision.AlsoVariant also ->
          VARIANT_BYTES + 4 * also.variant().fields().extra().length();
      case Decision.Objection _, Decision.Index _, Decision.Listed _ -> 0;
    };
  }

  private Decision.Verdict verdict(Entry entry) {
    Facts facts = entry.facts();
    if (ordered) {
      Rule byKind = FileRules.ofKind(facts.kind());
      return byKind == null ? serve(entry, null) : new Decision.Objection(byKind);
    }
    if (facts.kind() == Kind.DIRECTORY) {
      boolean ours = policy.index().length > 0 || policy.substitutes().listing();
      return ours ? INDEX : new Decision.Objection(Rule.DIRECTORY);
    }
    ContentCoding coding = facts.kind() == Kind.REGULAR ? codingOf(entry.path()) : null;
    Decision.Verdict itself = judge(entry, coding == null);
    Decision.Serve variant = coding == null ? null : variant(entry, coding);
    return variant == null ? itself : new Decision.AlsoVariant(itself, variant);
  }

  private Decision.Verdict judge(Entry entry, boolean mayHaveVariants) {
    byte[] path = entry.path();
    int type = typeOf(path, path.length);
    Rule objecting = FileRules.judge(path, entry.facts(), type, policy);
    if (objecting != null) {
      return new Decision.Objection(objecting);
    }
    return serve(entry, mayHaveVariants && policy.codings().length > 0 ? new Siblings() : null);
  }

  private Decision.Serve serve(Entry entry, @Nullable Siblings siblings) {
    byte[] path = entry.path();
    int type = typeOf(path, path.length);
    byte[] tag = entityTag(entry, "");
    return Heads.serve(entry, tag, fields(entry, type, tag, path.length, ""), siblings);
  }

  /// The coding whose variant a file would be by its name, or null.
  private @Nullable ContentCoding codingOf(byte[] path) {
    for (ContentCoding coding : policy.codings()) {
      if (stemOf(path, path.length, coding) >= 0) {
        return coding;
      }
    }
    return null;
  }

  /// Length of the original's path, or -1 if this is not the path of a variant.
  static int stemOf(byte[] path, int length, ContentCoding coding) {
    String suffix = coding.suffix();
    int stem = length - suffix.length();
    if (stem < 1 || path[stem - 1] == '/') {
      return -1;
    }
    for (int i = 0; i < suffix.length(); i++) {
      if (path[stem + i] != suffix.charAt(i)) {
        return -1;
      }
    }
    return stem;
  }

  /// The answer that sends this file in the place of its original: type and fields are the
  /// original's, length and validators its own. Null if a rule objects, or if it is empty: no coded
  /// stream is.
  private Decision.@Nullable Serve variant(Entry entry, ContentCoding coding) {
    byte[] path = entry.path();
    int stem = stemOf(path, path.length, coding);
    int type = typeOf(path, stem);
    boolean objects = FileRules.judgeVariant(path, entry.facts(), type, policy, coding) != null;
    if (objects || entry.facts().size() == 0) {
      return null;
    }
    byte[] tag = entityTag(entry, coding.token());
    String coded = "Content-Encoding: " + coding.token() + "\r\n";
    AnswerFields fields = fields(entry, type, tag, stem, coded).varying();
    return Heads.serve(entry, tag, fields, null);
  }

  private int typeOf(byte[] path, int length) {
    return policy.mediaTypes().find(MemorySegment.ofArray(path), 0, length);
  }

  private AnswerFields fields(Entry entry, int type, byte[] tag, int pathLength, String coding) {
    byte[] contentType =
        type == MediaTypes.UNKNOWN ? policy.defaultType() : policy.mediaTypes().contentType(type);
    long modified = lastModified(entry);
    String date =
        modified == Conditions.UNDATED
            ? ""
            : "Last-Modified: " + text(HttpDate.format(modified)) + "\r\n";
    String validators = tag.length == 0 ? date : date + "ETag: " + text(tag) + "\r\n";
    String extra = policy.fields().lines(entry.path(), pathLength);
    return new AnswerFields(text(contentType), validators, extra, coding);
  }

  /// Never in the future (RFC 9110 §8.8.2.1). A time that says nothing is not told: caches would
  /// take the file for one that has not changed since 1970.
  static long lastModified(Entry entry) {
    return entry.facts().dated()
        ? Math.min(entry.facts().mtimeSeconds(), entry.readAtEpochMillis() / 1000)
        : Conditions.UNDATED;
  }

  private byte[] entityTag(Entry entry, String coding) {
    if (policy.etag() == EtagKind.OFF) {
      return NO_TAG;
    }
    byte[] hash = entry.contentHash();
    if (hash != null) {
      String suffix = coding.isEmpty() ? "" : "-" + coding;
      return ("\"" + HexFormat.of().formatHex(hash) + suffix + "\"").getBytes(ISO_8859_1);
    }
    Facts facts = entry.facts();
    return EntityTag.of(
        facts.size(), facts.mtimeSeconds(), facts.mtimeNanos(), coding, entry.young());
  }

  private static String text(byte[] ascii) {
    return new String(ascii, ISO_8859_1);
  }
}
