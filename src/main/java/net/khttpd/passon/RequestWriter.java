package net.khttpd.passon;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static net.khttpd.passon.Output.ascii;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import net.khttpd.client.Client;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.Method;
import net.khttpd.http.RequestHead;
import net.khttpd.http.TargetForm;
import net.khttpd.http.TeField;
import org.jspecify.annotations.Nullable;

/// Writes a request's head anew for the backend (RFC 9110 §7.6): the same target octet by octet,
/// the same fields in their order and spelling, without those that concern one connection only, and
/// with what the next server must know of us and of the client.
///
/// One for each loop; its thread only.
final class RequestWriter {
  private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
  private static final byte[] HOST = ascii("Host: ");
  private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
  private static final byte[] TRAILERS = ascii("TE: trailers\r\n");
  private static final byte[] UPGRADE = ascii("Upgrade: ");
  private static final byte[] NAMES_TE = ascii("Connection: TE\r\n");
  private static final byte[] NAMES_UPGRADE = ascii("Connection: Upgrade\r\n");
  private static final byte[] NAMES_BOTH = ascii("Connection: Upgrade, TE\r\n");

  private final Forwarded forwarded;
  private final boolean via;
  private final byte[] pseudonym;
  private final byte[] via10;
  private final byte[] via11;

  /// @param via whether Via is added
  /// @param pseudonym our own name in Via
  RequestWriter(Forwarded forwarded, boolean via, byte[] pseudonym) {
    this.forwarded = forwarded;
    this.via = via;
    this.pseudonym = pseudonym;
    String name = new String(pseudonym, StandardCharsets.US_ASCII);
    via10 = ascii("Via: 1.0 " + name + "\r\n");
    via11 = ascii("Via: 1.1 " + name + "\r\n");
  }

  /// Whether the request has come through us before: its Via holds our pseudonym.
  boolean loops(RequestHead head) {
    FieldSection fields = head.fields();
    if (!fields.has(FieldName.VIA)) {
      return false;
    }
    for (int i = fields.first(FieldName.VIA); i < fields.count(); i++) {
      if (fields.name(i) == FieldName.VIA && holdsPseudonym(head, fields, i)) {
        return true;
      }
    }
    return false;
  }

  /// Appends the head to `out`.
  ///
  /// @param authority Host for a request that has none
  /// @param upgrade the protocols asked for; null if there are none
  void write(
      Client client, RequestHead head, byte[] authority, byte @Nullable [] upgrade, Output out) {
    boolean trusted = forwarded.trusts(client);
    out.put(head.bytes(), head.base() + head.methodStart(), head.methodEnd() - head.methodStart());
    out.put(' ');
    target(head, out);
    out.put(VERSION);
    FieldSection fields = head.fields();
    if (!fields.has(FieldName.HOST)) {
      host(head, authority, out);
    }
    for (int i = 0; i < fields.count(); i++) {
      field(head, fields, i, trusted, authority, out);
    }
    if (upgrade != null || fields.has(FieldName.TE)) {
      ofThisConnection(TeField.welcomesTrailers(head), upgrade, out);
    }
    forwarded.write(head, trusted, out);
    if (via) {
      out.put(head.minorVersion() == 0 ? via10 : via11);
    }
    out.line();
  }

  private static void target(RequestHead head, Output out) {
    if (head.targetForm() != TargetForm.ABSOLUTE) {
      put(head, head.targetStart(), head.targetEnd(), out);
      return;
    }
    int query = head.queryStart();
    if (head.pathEnd() > head.pathStart()) {
      put(head, head.pathStart(), head.pathEnd(), out);
    } else if (query < 0 && head.method() == Method.OPTIONS) {
      out.put('*'); // RFC 9112 §3.2.4
    } else {
      out.put('/');
    }
    if (query >= 0) {
      out.put('?');
      put(head, query, head.queryEnd(), out);
    }
  }

  private void field(
      RequestHead head, FieldSection fields, int i, boolean trusted, byte[] authority, Output out) {
    switch (fields.name(i)) {
      case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, UPGRADE, TE, HTTP2_SETTINGS, PROXY -> {}
      case X_FORWARDED_FOR, FORWARDED -> {} // written anew
      case HOST -> host(head, authority, out);
      case TRANSFER_ENCODING -> out.put(CHUNKED); // the only one that the parser lets through
      case TRAILER -> copyIf(head.chunked(), head, fields, i, out);
      case EXPECT -> copyIf(head.expectContinue(), head, fields, i, out);
      case X_FORWARDED_PROTO, X_FORWARDED_HOST, X_REAL_IP -> copyIf(trusted, head, fields, i, out);
      default -> copyIf(!head.connectionNames(i), head, fields, i, out);
    }
  }

  private static void host(RequestHead head, byte[] authority, Output out) {
    out.put(HOST);
    if (head.authorityStart() >= 0) {
      put(head, head.authorityStart(), head.authorityEnd(), out);
    } else {
      out.put(authority);
    }
    out.line();
  }

  private static void copyIf(
      boolean wanted, RequestHead head, FieldSection fields, int i, Output out) {
    if (wanted) {
      Fields.copy(head.bytes(), head.base(), fields, i, out);
    }
  }

  private static void put(RequestHead head, int start, int end, Output out) {
    out.put(head.bytes(), head.base() + start, end - start);
  }

  /// What concerns our connection to the backend: fields that Connection has to name.
  private static void ofThisConnection(boolean trailers, byte @Nullable [] upgrade, Output out) {
    if (trailers) {
      out.put(TRAILERS);
    }
    if (upgrade != null) {
      out.put(UPGRADE);
      out.put(upgrade);
      out.line();
      out.put(trailers ? NAMES_BOTH : NAMES_UPGRADE);
    } else if (trailers) {
      out.put(NAMES_TE);
    }
  }

  private boolean holdsPseudonym(RequestHead head, FieldSection fields, int i) {
    MemorySegment bytes = head.bytes();
    long last = head.base() + fields.valueEnd(i) - pseudonym.length;
    for (long at = head.base() + fields.valueStart(i); at <= last; at++) {
      int matched = 0;
      while (matched < pseudonym.length
          && bytes.get(JAVA_BYTE, at + matched) == pseudonym[matched]) {
        matched++;
      }
      if (matched == pseudonym.length) {
        return true;
      }
    }
    return false;
  }
}
