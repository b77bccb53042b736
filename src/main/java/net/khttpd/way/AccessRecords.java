package net.khttpd.way;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import net.khttpd.client.Client;
import net.khttpd.decide.Rule;
import net.khttpd.http.FieldName;
import net.khttpd.http.FieldSection;
import net.khttpd.http.RequestHead;
import net.khttpd.log.AccessWriter;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// The log stage with an access log: one record for each request, written into the loop's ring.
///
/// A request that is passed on is logged when it is over, and its head is gone by then: what the
/// log needs of it is kept in a [Kept], of which there are as many as exchanges under way. Used by
/// the loop's thread; allocates nothing once it is warm.
final class AccessRecords implements RequestLog {
  private static final int MOST_SPARE = 64;
  private static final byte[][] RULES = new byte[Rule.values().length][];

  static {
    for (Rule rule : Rule.values()) {
      RULES[rule.ordinal()] = rule.label().getBytes(ISO_8859_1);
    }
  }

  /// The texts of a head that has gone, in bytes of its own.
  private static final class Kept {
    final byte[] bytes = new byte[4096];
    final MemorySegment segment = MemorySegment.ofArray(bytes);
    int line;
    int host;
    int referer;
    int agent;
    Rule rule = Rule.METHOD;
  }

  private final AccessWriter writer;
  private final Loop loop;
  private final Consumer<Client> identify;
  private final ArrayDeque<Kept> spare = new ArrayDeque<>();

  /// @param identify asks for a client's address, if it is not known yet
  AccessRecords(AccessWriter writer, Loop loop, Consumer<Client> identify) {
    this.writer = writer;
    this.loop = loop;
    this.identify = identify;
  }

  @Override
  public void served(Client client, RequestHead head, int status, long bytes, boolean hit) {
    if (begin(client)) {
      texts(head);
      writer.commit(status, bytes, hit, micros(client));
    }
  }

  @Override
  public void refused(
      Client client, RequestHead head, int status, long bytes, @Nullable Rule rule) {
    if (begin(client)) {
      texts(head);
      if (rule != null) {
        writer.rule(RULES[rule.ordinal()]);
      }
      writer.commit(status, bytes, false, micros(client));
    }
  }

  @Override
  public void malformed(Client client, int status, long bytes) {
    if (begin(client)) {
      writer.commit(status, bytes, false, 0);
    }
  }

  @Override
  public void passedOn(Client client, RequestHead head, Rule rule) {
    Kept kept = spare.poll();
    if (kept == null) {
      kept = new Kept();
    }
    kept.rule = rule;
    kept.line = keep(kept, 0, head, head.methodStart(), lineEnd(head));
    kept.host = keep(kept, kept.line, head, head.authorityStart(), head.authorityEnd());
    kept.referer = keepField(kept, kept.host, head, FieldName.REFERER);
    kept.agent = keepField(kept, kept.referer, head, FieldName.USER_AGENT);
    client.logged = kept;
  }

  @Override
  public void relayed(
      Client client, int status, long bytes, byte[] backend, byte[] id, int idLength) {
    if (!(client.logged instanceof Kept kept)) {
      return;
    }
    client.logged = null;
    if (begin(client)) {
      writer.requestLine(kept.segment, 0, kept.line);
      writer.host(kept.segment, kept.line, kept.host);
      writer.referer(kept.segment, kept.host, kept.referer);
      writer.userAgent(kept.segment, kept.referer, kept.agent);
      writer.rule(RULES[kept.rule.ordinal()]);
      writer.backend(backend);
      writer.requestId(id, idLength);
      writer.commit(status == 0 ? 499 : Math.max(status, 0), bytes, false, micros(client));
    }
    if (spare.size() < MOST_SPARE) {
      spare.push(kept);
    }
  }

  private boolean begin(Client client) {
    identify.accept(client);
    return writer.begin(
        loop.epochMillis(), client.addressHigh(), client.addressLow(), client.port());
  }

  private void texts(RequestHead head) {
    MemorySegment bytes = head.bytes();
    long base = head.base();
    writer.requestLine(bytes, base + head.methodStart(), base + lineEnd(head));
    if (head.authorityStart() >= 0) {
      writer.host(bytes, base + head.authorityStart(), base + head.authorityEnd());
    }
    FieldSection fields = head.fields();
    int referer = fields.first(FieldName.REFERER);
    if (referer >= 0) {
      writer.referer(bytes, base + fields.valueStart(referer), base + fields.valueEnd(referer));
    }
    int agent = fields.first(FieldName.USER_AGENT);
    if (agent >= 0) {
      writer.userAgent(bytes, base + fields.valueStart(agent), base + fields.valueEnd(agent));
    }
    int id = fields.first(FieldName.X_REQUEST_ID);
    if (id >= 0) {
      writer.requestId(bytes, base + fields.valueStart(id), base + fields.valueEnd(id));
    }
  }

  /// The request line ends with ` HTTP/1.x` behind the target.
  private static int lineEnd(RequestHead head) {
    return head.targetEnd() + " HTTP/1.1".length();
  }

  private static int keepField(Kept kept, int at, RequestHead head, FieldName name) {
    int i = head.fields().first(name);
    return i < 0
        ? at
        : keep(kept, at, head, head.fields().valueStart(i), head.fields().valueEnd(i));
  }

  private static int keep(Kept kept, int at, RequestHead head, int from, int to) {
    if (from < 0) {
      return at;
    }
    int length = Math.min(to - from, Math.min(1024, kept.bytes.length - at));
    MemorySegment.copy(
        head.bytes(),
        java.lang.foreign.ValueLayout.JAVA_BYTE,
        head.base() + from,
        kept.bytes,
        at,
        length);
    return at + length;
  }

  private long micros(Client client) {
    return (loop.nanos() - client.begunNanos) / 1000;
  }
}
