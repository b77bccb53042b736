package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import net.khttpd.files.Facts;
import net.khttpd.files.Kind;
import net.khttpd.http.ContentCoding;
import net.khttpd.http.MediaTypes;
import org.jspecify.annotations.Nullable;

/// The second judgement: what the kernel said of the opened file. Pure: values in, value out.
final class FileRules {
  private FileRules() {}

  /// The first rule that objects to a file that is not a directory, or null.
  static @Nullable Rule judge(byte[] path, Facts facts, int mediaType, Policy policy) {
    return judge(path, facts, facts.realName().length, mediaType, policy);
  }

  /// The same for a variant that would be sent in the place of its original, whose media type is
  /// given: the suffix of its name says nothing of what it holds.
  static @Nullable Rule judgeVariant(
      byte[] path, Facts facts, int mediaType, Policy policy, ContentCoding coding) {
    String name = new String(facts.realName(), ISO_8859_1);
    int suffix = name.endsWith(coding.suffix()) ? coding.suffix().length() : 0;
    return judge(path, facts, name.length() - suffix, mediaType, policy);
  }

  private static @Nullable Rule judge(
      byte[] path, Facts facts, int nameLength, int mediaType, Policy policy) {
    if (deploymentDescriptor(path)) {
      return Rule.DOTFILE;
    }
    Rule byKind = ofKind(facts.kind());
    if (byKind != null) {
      return byKind;
    }
    if (activeName(facts, nameLength, policy)) {
      return Rule.ACTIVE;
    }
    if ((facts.mode() & policy.permRequired()) != policy.permRequired()) {
      return Rule.PERM_REQUIRED;
    }
    if ((facts.mode() & policy.permForbid()) != 0) {
      return Rule.PERM_FORBID;
    }
    if (policy.backend() && facts.marked()) {
      return Rule.MARKER;
    }
    boolean unknown = mediaType == MediaTypes.UNKNOWN;
    return policy.backend() && unknown && !policy.sloppyMime() ? Rule.TYPE : null;
  }

  /// Whether one rule objects, whatever the others say: for `explain`. Rules about the mode and
  /// name of a file have nothing to say where there is none.
  static boolean objects(Rule rule, Facts facts, int mediaType, Policy policy) {
    boolean file = facts.kind() == Kind.REGULAR;
    return switch (rule) {
      case EXISTS, OUTSIDE, REGULAR -> rule == ofKind(facts.kind());
      case DIRECTORY ->
          facts.kind() == Kind.DIRECTORY
              && policy.index().length == 0
              && !policy.substitutes().listing();
      case PERM_REQUIRED ->
          facts.kind() == Kind.UNREADABLE
              || (file && (facts.mode() & policy.permRequired()) != policy.permRequired());
      case PERM_FORBID -> file && (facts.mode() & policy.permForbid()) != 0;
      case MARKER -> facts.marked();
      case TYPE -> file && mediaType == MediaTypes.UNKNOWN && !policy.sloppyMime();
      case METHOD, BODY, UPGRADE, HOST, AUTHORIZATION, QUERY, ENCODING, DYNAMIC, DOTFILE, ACTIVE ->
          throw new AssertionError(rule + " is judged on the head");
    };
  }

  /// The rule that a kind of file alone breaks.
  static @Nullable Rule ofKind(Kind kind) {
    return switch (kind) {
      case REGULAR -> null;
      case DIRECTORY -> Rule.DIRECTORY;
      case OTHER -> Rule.REGULAR;
      case ABSENT, FAILED -> Rule.EXISTS;
      case OUTSIDE -> Rule.OUTSIDE;
      case UNREADABLE -> Rule.PERM_REQUIRED;
    };
  }

  /// WEB-INF and META-INF are to a servlet container what a dot is to others: never for clients
  /// (Servlet 6.0 §10.5), and nothing else about their files would tell. Judged here and not on the
  /// request, so that it costs nothing but once for each file.
  static boolean deploymentDescriptor(byte[] path) {
    String upper = new String(path, ISO_8859_1).toUpperCase(Locale.ROOT) + "/";
    return upper.contains("/WEB-INF/") || upper.contains("/META-INF/");
  }

  /// The extension is judged on the real file, too: a link must not publish a source.
  private static boolean activeName(Facts facts, int length, Policy policy) {
    byte[] name = facts.realName();
    return length > 0 && RequestRules.active(MemorySegment.ofArray(name), 0, length, policy);
  }
}
