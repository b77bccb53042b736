package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.regex.Pattern;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.BeforeEngine;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `autoindex`: what a listing shows, to whom, and that no name of a file does anything to it
/// (F14).
final class ListingTest extends FrontDoor {
  private static final String IMAGE = "\"><img src=x onerror=alert(1)>.txt";
  private static final String MANY = "many";

  @BeforeEngine
  void files() throws Exception {
    site.file("list/a.txt", "alpha")
        .file("list/B.txt", "x".repeat(3000))
        .file("list/sub/inner.txt", "inner")
        .file("list/.secret", "no")
        .file("list/page.php", "no")
        .file("list/private.txt", "no")
        .file("list/run.sh", "no")
        .file("list/WEB-INF/web.xml", "no")
        .file("list/cgi-bin/x.txt", "no")
        .file("indexed/index.html", "index")
        .file("closed/a.txt", "a")
        .file("names/" + IMAGE, "image")
        .file("names/javascript:alert(1)", "script")
        .file("names/a\u202Etxt.exe", "direction")
        .file("names/a&b 'c' ?x=1#y.txt", "marks")
        .file("names/back\\slash.txt", "no")
        .file("names/line\nfeed.txt", "no")
        .file("names/tab\there.txt", "no")
        .link("list/out.txt", site.outside().resolve("secret.txt"))
        .mode("list/private.txt", "rw-------")
        .mode("closed", "rwx--x--x");
    Files.writeString(site.outside().resolve("secret.txt"), "secret");
    Process bytes =
        new ProcessBuilder(
                "sh",
                "-c",
                "cd \"$0\" && : > \"$(printf 'bad\\377name.txt')\"",
                site.root() + "/names")
            .inheritIO()
            .start();
    assertEquals(0, bytes.waitFor());
  }

  private Answer list(String target, String... fields) throws Exception {
    return connect(server("autoindex=1")).send(Wire.get(target, fields)).read();
  }

  private static String utf8(Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  @Test
  void aDirectoryIsListedOnlyWhereThatIsWanted() throws Exception {
    assertEquals(404, connect(server()).send(Wire.get("/list/")).read().status());
    Answer page = list("/list/");
    assertEquals("HTTP/1.1 200 OK", page.statusLine());
    assertEquals("text/html; charset=utf-8", page.field("Content-Type").orElse(""));
    assertEquals("Accept", page.field("Vary").orElse(""));
    assertEquals("nosniff", page.field("X-Content-Type-Options").orElse(""));
    assertTrue(page.field("Last-Modified").isEmpty() && page.field("ETag").isEmpty());
    assertEquals("index", list("/indexed/").text());
    assertEquals("/list/", list("/list").field("Location").orElse(""));
  }

  @Test
  void whatWouldBeRefusedIsLeftOut() throws Exception {
    String page = utf8(list("/list/"));
    for (String shown : new String[] {"./a.txt", "./B.txt", "./sub/"}) {
      assertTrue(page.contains("href=\"" + shown + "\""), shown + " in " + page);
    }
    for (String hidden :
        new String[] {
          ".secret", "page.php", "private.txt", "run.sh", "WEB-INF", "cgi-bin", "out.txt"
        }) {
      assertFalse(page.contains(hidden), hidden + " in " + page);
    }
    assertTrue(page.contains("1 directory, 2 files, 2.9 KiB"), page);
  }

  /// Who may not read a directory may not have it listed, though files in it may be asked for.
  @Test
  void aDirectoryThatOthersMayNotReadIsNotListed() throws Exception {
    assertEquals(404, list("/closed/").status());
    assertEquals("a", list("/closed/a.txt").text());
    assertFalse(utf8(list("/")).contains("closed"));
  }

  @Test
  void everyReferenceOfAListingLeadsToItsFile() throws Exception {
    for (String directory : new String[] {"/list/", "/names/"}) {
      var references = Pattern.compile("class=\"file\" href=\"\\.(/[^\"]+)\"");
      var found = references.matcher(utf8(list(directory))).results().toList();
      assertTrue(found.size() >= 2, directory);
      for (var reference : found) {
        String target = directory + reference.group(1).substring(1);
        assertEquals(200, list(target).status(), target);
      }
    }
  }

  @Test
  void aNameOfAFileDoesNothingToThePage() throws Exception {
    Answer answer = list("/names/");
    String page = utf8(answer);
    assertFalse(page.contains("<img"), page);
    assertTrue(page.contains("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;.txt"), page);
    assertTrue(page.contains("href=\"./javascript%3Aalert%281%29\""), page);
    assertFalse(page.contains("href=\"javascript"), page);
    assertFalse(page.contains("\u202E"), page);
    assertTrue(page.contains("a\u27e8U+202E\u27e9txt.exe"), page);
    assertTrue(page.contains("href=\"./a%26b%20%27c%27%20%3Fx%3D1%23y.txt\""), page);
    for (String hidden : new String[] {"slash.txt", "feed.txt", "here.txt", "name.txt"}) {
      assertFalse(page.contains(hidden), hidden + " in " + page);
    }
    String policy = answer.field("Content-Security-Policy").orElse("");
    assertTrue(policy.startsWith("default-src 'none'; style-src 'sha256-"), policy);
    assertFalse(policy.contains("unsafe"), policy);
    assertFalse(Pattern.compile("<[^>]* on[a-z]+=", Pattern.CASE_INSENSITIVE).matcher(page).find());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          application/json                                   | true
          application/json, */*                              | true
          APPLICATION/JSON;q=0.5, text/html;q=0.4            | true
          application/json;q=0.5, text/html;q=0.5            | false
          application/*, text/*;q=0.9                        | true
          text/html, application/json;q=0.9                  | false
          text/html,application/xhtml+xml,*/*;q=0.8          | false
          */*                                                | false
          application/json;q=0                               | false
          application/json;q=2, text/html;q=0.1              | false
          image/png                                          | false
          ''                                                 | false
          """)
  void acceptDecidesBetweenHtmlAndJson(String accept, boolean json) throws Exception {
    String type = list("/list/", "Accept: " + accept).field("Content-Type").orElse("");
    assertEquals(json ? "application/json" : "text/html; charset=utf-8", type);
  }

  @Test
  void jsonTellsTheSameAsThePage() throws Exception {
    Answer answer = list("/list/", "Accept: application/json");
    assertEquals("Accept", answer.field("Vary").orElse(""));
    assertEquals(
        """
        {"path":"/list/","truncated":false,"entries":[
        {"name":"sub","type":"directory","href":"./sub/","modified":"*"},
        {"name":"a.txt","type":"file","href":"./a.txt","size":5,"modified":"2024-02-29T12:34:56Z"},
        {"name":"B.txt","type":"file","href":"./B.txt","size":3000,"modified":"2024-02-29T12:34:56Z"}
        ]}
        """,
        utf8(answer).replaceFirst("(\"./sub/\",\"modified\":\")[^\"]*", "$1*"));
    String names = utf8(list("/names/", "Accept: application/json"));
    assertTrue(names.contains("\"name\":\"\\\"\\u003e\\u003cimg src"), names);
    assertTrue(names.contains("a\\u202etxt.exe"), names);
  }

  @Test
  void headIsTheHeadOfGet() throws Exception {
    var client = connect(server("autoindex=1"));
    Answer get = client.send(Wire.get("/list/")).read();
    Answer head = client.send(Wire.request("HEAD", "/list/")).readForHead();
    assertEquals(undated(get), undated(head));
    assertEquals(200, client.send(Wire.get("/list/a.txt")).read().status());
    assertEquals(
        405, connect(server("autoindex=1")).send(Wire.request("POST", "/list/")).read().status());
  }

  private static String undated(Answer answer) {
    return answer.head().replaceFirst("Date: [^\r]*", "");
  }

  /// More than 16 KiB leave as a body of their own, and the pipeline goes on behind it.
  @Test
  void aLargeDirectoryIsListedAndTheConnectionGoesOn() throws Exception {
    site.directory(MANY);
    for (int i = 0; i < 700; i++) {
      site.file(MANY + "/file-%04d.txt".formatted(i), "");
    }
    var client = connect(server("autoindex=1"));
    client.send(Wire.get("/" + MANY + "/") + Wire.get("/list/a.txt") + Wire.get("/" + MANY + "/"));
    Answer page = client.read();
    assertTrue(page.complete() && page.text().contains("file-0699.txt"), page::toString);
    assertEquals("alpha", client.read().text());
    assertEquals(page.text(), client.read().text());
  }

  /// Many who ask at once, in both forms, and do not read: each gets a whole listing.
  @Test
  void manyMayAskAtOnce() throws Exception {
    var clients = new java.util.ArrayList<net.khttpd.frontdoor.harness.RawClient>();
    for (int i = 0; i < 60; i++) {
      String accept = i % 2 == 0 ? "application/json" : "text/html";
      clients.add(connect(server("autoindex=1")).send(Wire.get("/list/", "Accept: " + accept)));
    }
    for (int i = 0; i < 60; i++) {
      String text = utf8(clients.get(i).read());
      assertTrue(text.startsWith(i % 2 == 0 ? "{" : "<!doctype html>"), text);
      assertTrue(text.contains("B.txt"), text);
    }
  }

  @Test
  void withABackendADirectoryIsListedOnlyWhereThatIsSet() throws Exception {
    RecordingBackend backend = backend(RecordingBackend.fixed(RecordingBackend.OK));
    assertEquals("backend", connect(before(backend)).send(Wire.get("/list/")).read().text());
    var client = connect(before(backend, "autoindex=1"));
    assertTrue(client.send(Wire.get("/list/")).read().text().contains("./a.txt"));
    assertEquals("backend", client.send(Wire.get("/list/?C=N")).read().text());
    assertEquals("backend", client.send(Wire.get("/list")).read().text());
    assertEquals("backend", client.send(Wire.get("/closed/")).read().text());
    site.directory("marked").file("marked/.htaccess", "").file("marked/a.txt", "a");
    assertEquals("backend", client.send(Wire.get("/marked/")).read().text());
  }
}
