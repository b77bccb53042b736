package net.khttpd.decide;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import net.khttpd.files.Entry;
import net.khttpd.http.FileOrder;
import net.khttpd.send.HeadTemplate;
import org.jspecify.annotations.Nullable;

/// Makes the heads of a file's answers from its fields. Pure.
final class Heads {
  private Heads() {}

  static Decision.Serve serve(
      Entry entry, byte[] entityTag, AnswerFields fields, @Nullable Siblings siblings) {
    return new Decision.Serve(
        entry,
        HeadTemplate.ofFile(fields.whole(), entry.facts().size()),
        new Decision.NotModified(
            new HeadTemplate("HTTP/1.1 304 Not Modified", fields.notModified())),
        entityTag,
        fields,
        siblings);
  }

  /// The answer about a file that a backend has ordered: with its status and fields, and the file's
  /// own where it gave none.
  static Decision.Serve ordered(Decision.Serve file, FileOrder order) {
    AnswerFields own = file.fields();
    String type = order.contentType();
    String tag = order.etag();
    String date = order.lastModified();
    byte[] entityTag = tag == null ? file.entityTag() : tag.getBytes(ISO_8859_1);
    String validators =
        line("Last-Modified", date, own.validators()) + line("ETag", tag, own.validators());
    String bare = order.general();
    var fields =
        new AnswerFields(
            type == null ? own.contentType() : type,
            validators,
            bare + order.content(),
            order.coding());
    var unmodified = new AnswerFields("", validators, bare, "");
    String statusLine =
        order.status() == 200 || order.status() == 206
            ? "HTTP/1.1 200 OK"
            : "HTTP/1.1 " + order.status() + " ";
    return new Decision.Serve(
        file.entry(),
        HeadTemplate.ofFile(statusLine, fields.whole(), file.entry().facts().size()),
        new Decision.NotModified(
            new HeadTemplate("HTTP/1.1 304 Not Modified", unmodified.notModified())),
        entityTag,
        fields,
        null);
  }

  private static String line(String name, @Nullable String given, String own) {
    if (given != null) {
      return name + ": " + given + "\r\n";
    }
    int at = own.indexOf(name + ": ");
    return at < 0 ? "" : own.substring(at, own.indexOf("\r\n", at) + 2);
  }

  /// The same answer of a file beside which there are variants.
  static Decision.Serve varying(Decision.Serve serve) {
    AnswerFields fields = serve.fields().varying();
    return serve(serve.entry(), serve.entityTag(), fields, serve.siblings());
  }
}
