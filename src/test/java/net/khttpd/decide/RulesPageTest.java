package net.khttpd.decide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// docs/rules.md is what the rules say of themselves.
final class RulesPageTest {
  private static final Path PAGE = Path.of("docs/rules.md");

  private static final String INTRODUCTION =
      """
      # The rules

      This page is written from `net.khttpd.decide.Rule` by `mvn -q test -Dtest=RulesPageTest
      -Dkhttpd.docs.write=true`; without the last word the test compares the two.

      A GET or HEAD to which **no rule objects** is plainly static and served from its file.
      The **first** rule that objects decides, in this order: with a backend (`clientport` or
      `backend`) the request is *passed on* with that rule as the reason, seen in the access log as
      `%{rule}x`; alone, the last column says what follows. `./khttpd explain -w NAME=VALUE... URL-PATH`
      shows every rule's verdict on a path.

      Rules 1 to 10 look at the head only, so that most dynamic requests never touch the file
      system. The others look at the file that was opened: the file judged is the file sent. Names in
      `code` are [settings](settings.md).

      | # | rule | no objection if | it objects, with a backend | alone |
      |---:|---|---|---|---|
      """;

  private static final String REMARKS =
      """

      * CONNECT and TRACE are answered 405, with a backend and without.
      * *method*: `OPTIONS *` asks for no file; alone it is answered 204 with Allow.
      * *active* asks the real file's name, too, when a symbolic link leads to it. With a backend any
        extension of the name counts (`x.php.save`); alone, a name whose last extension has a known
        media type is judged by that one (`jquery.class.js`).
      * *upgrade*: the request is passed on as a plain one, without the Upgrade field.
      * *dynamic*: alone, `..` is decided by normalisation, and never leaves the document root.
      * *type*: alone, the file is served as `default_type`.
      * A file that cannot be looked up just now (the file system hangs or fails) counts as *exists*;
        alone it is answered 503.
      * Requests that are not HTTP, or too long, meet no rule: see [http.md](http.md).
      """;

  @Test
  void thePageIsWhatTheRulesSay() throws IOException {
    if (Boolean.getBoolean("khttpd.docs.write")) {
      Files.writeString(PAGE, page());
    }
    assertEquals(
        page(),
        Files.readString(PAGE),
        "write it anew: mvn -q test -Dtest=RulesPageTest -Dkhttpd.docs.write=true");
  }

  private static String page() {
    var text = new StringBuilder(INTRODUCTION);
    for (Rule rule : Rule.values()) {
      text.append(
          "| %d | %s | %s | passed on | %s |%n"
              .formatted(rule.number(), rule.label(), rule.sentence(), rule.alone().words()));
    }
    return text.append(REMARKS).toString();
  }
}
