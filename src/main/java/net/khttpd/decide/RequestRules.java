package net.khttpd.decide;

import java.lang.foreign.MemorySegment;
import java.util.List;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.MediaTypes;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.settings.QueryRule;
import org.jspecify.annotations.Nullable;

/// The first judgement: what the head alone says. Pure: no I/O, no clock, no allocation (but for a
/// `query` that is a regular expression).
final class RequestRules {
  private static final int HIDDEN =
      RequestPath.ENCODED_SLASH
          | RequestPath.CONTROL
          | RequestPath.NOT_UTF8
          | RequestPath.BACKSLASH;

  private RequestRules() {}

  /// The first rule that objects, or null. Rules whose objection means nothing without a backend
  /// are not asked there.
  static @Nullable Rule judge(RequestHead head, RequestPath path, Policy policy) {
    if (method(head)) {
      return Rule.METHOD;
    }
    FieldSection fields = head.fields();
    if (body(head)) {
      return Rule.BODY;
    }
    if (fields.has(FieldName.UPGRADE)) {
      return Rule.UPGRADE;
    }
    if (policy.backend()) {
      Rule rule = judgeForBackend(head, policy);
      if (rule != null) {
        return rule;
      }
    } else if (policy.stranger()) {
      return Rule.HOST;
    }
    return judgePath(path, policy);
  }

  /// Whether one rule objects, whatever the others say: for `explain`.
  static boolean objects(Rule rule, RequestHead head, RequestPath path, Policy policy) {
    return switch (rule) {
      case METHOD -> method(head);
      case BODY -> body(head);
      case UPGRADE -> head.fields().has(FieldName.UPGRADE);
      case HOST -> host(head, policy);
      case AUTHORIZATION -> authorization(head, policy);
      case QUERY -> query(head, policy);
      case ENCODING -> encoding(path);
      case DYNAMIC -> dynamic(path, policy);
      case DOTFILE -> dotfile(path, policy);
      case ACTIVE -> active(path, policy);
      case EXISTS, OUTSIDE, DIRECTORY, REGULAR, PERM_REQUIRED, PERM_FORBID, MARKER, TYPE ->
          throw new AssertionError(rule + " is judged on the file");
    };
  }

  private static @Nullable Rule judgeForBackend(RequestHead head, Policy policy) {
    if (host(head, policy)) {
      return Rule.HOST;
    }
    if (authorization(head, policy)) {
      return Rule.AUTHORIZATION;
    }
    return query(head, policy) ? Rule.QUERY : null;
  }

  /// What the path alone says.
  static @Nullable Rule judgePath(RequestPath path, Policy policy) {
    if (encoding(path)) {
      return Rule.ENCODING;
    }
    if (dynamic(path, policy)) {
      return Rule.DYNAMIC;
    }
    if (dotfile(path, policy)) {
      return Rule.DOTFILE;
    }
    return active(path, policy) ? Rule.ACTIVE : null;
  }

  private static boolean method(RequestHead head) {
    Method method = head.method();
    return method != Method.GET && method != Method.HEAD;
  }

  private static boolean body(RequestHead head) {
    return head.bodyAnnounced();
  }

  private static boolean host(RequestHead head, Policy policy) {
    List<String> hosts = policy.hosts();
    if (policy.stranger()) {
      return true;
    }
    if (hosts.isEmpty()) {
      return false;
    }
    for (int i = 0; i < hosts.size(); i++) {
      if (HostMatch.matches(hosts.get(i), head)) {
        return false;
      }
    }
    return true;
  }

  private static boolean authorization(RequestHead head, Policy policy) {
    return policy.passAuthorization() && head.fields().has(FieldName.AUTHORIZATION);
  }

  private static boolean query(RequestHead head, Policy policy) {
    return head.queryStart() >= 0
        && switch (policy.query()) {
          case QueryRule.Pass _ -> true;
          case QueryRule.Ignore _ -> false;
          case QueryRule.IgnoreMatching ignored -> !QueryMatch.matches(ignored.pattern(), head);
        };
  }

  private static boolean encoding(RequestPath path) {
    return (path.flags() & HIDDEN) != 0;
  }

  private static boolean dynamic(RequestPath path, Policy policy) {
    if (policy.backend() && (path.flags() & RequestPath.DOT_DOT) != 0) {
      return true;
    }
    for (byte[] needle : policy.dynamic()) {
      if (path.contains(needle)) {
        return true;
      }
    }
    return false;
  }

  /// A lone `.` begins with a dot, too: what it means there is the backend's affair. Alone it is
  /// normalised away.
  private static boolean dotfile(RequestPath path, Policy policy) {
    if ((path.flags() & RequestPath.DOT_SEGMENT) != 0) {
      return true;
    }
    boolean shortened = path.decodedLength() != path.length();
    int otherwise = RequestPath.DOT_DOT | RequestPath.EMPTY_SEGMENT;
    return policy.backend() && shortened && (path.flags() & otherwise) == 0;
  }

  private static boolean active(RequestPath path, Policy policy) {
    return active(path.bytes(), 0, path.length(), policy);
  }

  /// Any extension of a name counts (`x.php.save` is a source, too), save that without a backend to
  /// ask a name whose last extension has a known type is judged by that one (`jquery.class.js`).
  static boolean active(MemorySegment path, long offset, int length, Policy policy) {
    if (!policy.active().matchesAny(path, offset, length)) {
      return false;
    }
    return policy.backend()
        || policy.active().matchesLast(path, offset, length)
        || policy.mediaTypes().find(path, offset, length) == MediaTypes.UNKNOWN;
  }
}
