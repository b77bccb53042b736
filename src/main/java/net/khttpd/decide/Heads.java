package net.khttpd.decide;

import net.khttpd.files.Entry;
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

  /// The same answer of a file beside which there are variants.
  static Decision.Serve varying(Decision.Serve serve) {
    AnswerFields fields = serve.fields().varying();
    return serve(serve.entry(), serve.entityTag(), fields, serve.siblings());
  }
}
