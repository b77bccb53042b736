package net.khttpd.frontdoor.attack;

import static net.khttpd.frontdoor.attack.Outcome.answered;
import static net.khttpd.frontdoor.attack.Outcome.either;
import static net.khttpd.frontdoor.attack.Outcome.passedOn;
import static net.khttpd.frontdoor.attack.Outcome.refused;
import static net.khttpd.frontdoor.attack.Outcome.served;

import java.util.ArrayList;
import java.util.List;

/// Targets that try to leave the root, to reach what is not meant for publication, or to confuse
/// the lookup: F1 to F9, F11 and F18 of `peers.md` C2. The names are those of [AttackSite].
public final class PathAttacks {
  private final List<Attack> rows = new ArrayList<>();

  private PathAttacks() {}

  public static List<Attack> rows() {
    var table = new PathAttacks();
    table.dots();
    table.encodedSlashes();
    table.controls();
    table.patterns();
    table.slashes();
    table.extensions();
    table.hidden();
    table.specialFiles();
    table.methods();
    return List.copyOf(table.rows);
  }

  private static String get(String target) {
    return "GET " + target + " HTTP/1.1\r\nHost: front.test\r\n\r\n";
  }

  private void add(String id, String target, Outcome alone, Outcome withBackend) {
    rows.add(new Attack(id, target, get(target), alone, withBackend, withBackend));
  }

  /// Not static: the backend gets the very same target; alone it is not found.
  private void pass(String id, String... targets) {
    for (String target : targets) {
      add(id, target, answered(404), passedOn("GET " + target + " HTTP/1.1"));
    }
  }

  private void refuse(String id, String... targets) {
    for (String target : targets) {
      add(id, target, refused(400), refused(400));
    }
  }

  private void serve(String id, String target, String path) {
    add(id, target, served(path), served(path));
  }

  private void dots() {
    pass(
        "F1",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/%2E%2E/secret.txt",
        "/.%2e/secret.txt",
        "/%252e%252e/secret.txt",
        "/dir/..;/secret.txt",
        "/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/secret.txt",
        "/%ef%bc%8e%ef%bc%8e/secret.txt",
        "/....//secret.txt",
        "/dir/../../secret.txt",
        "/dir/%2e%2e/%2e%2e/secret.txt");
    refuse("F1", "/%uff0e%uff0e/secret.txt");
    add(
        "F1",
        "/dir/../hello.txt",
        served("/hello.txt"),
        passedOn("GET /dir/../hello.txt HTTP/1.1"));
    add("P7", "/a..b.txt", served("/a..b.txt"), passedOn("GET /a..b.txt HTTP/1.1"));
    add(
        "F1",
        "/./hello.txt",
        either(served("/hello.txt"), answered(404)),
        either(served("/hello.txt"), passedOn("GET /./hello.txt HTTP/1.1")));
  }

  private void encodedSlashes() {
    pass("F2", "/dir%2ffile.txt", "/dir%2Ffile.txt", "/dir%2F..%2Fhello.txt", "/%2fhello.txt");
    pass(
        "F3",
        "/private%5csecret.txt",
        "/admi%5cn",
        "/hello.txt::$DATA",
        "/PROGRA~1/hello.txt",
        "/C:/hello.txt",
        "/C%3a/hello.txt");
    add(
        "F3",
        "/dir\\file.txt",
        either(answered(404), refused(400)),
        either(passedOn("GET /dir\\file.txt HTTP/1.1"), refused(400)));
  }

  private void controls() {
    refuse(
        "F4",
        "/hello%00.txt",
        "/hello.txt%00",
        "/hello\0.txt",
        "/hello\u0001.txt",
        "/hello\u007f.txt",
        "/%",
        "/%4",
        "/%zz",
        "/hello.txt%",
        "/%0",
        "/%-1");
    pass(
        "F4",
        "/hello%0a.txt",
        "/hello.txt%0d%0aX:%20y",
        "/hello%01.txt",
        "/hello%7f.txt",
        "/hello%1b.txt");
    pass("P5", "/%2568ello.txt");
    serve("P5", "/%68ello.txt", "/hello.txt");
  }

  private void patterns() {
    serve("F5", "/%2a.txt", "/*.txt");
    serve("F5", "/%5ba%5d.txt", "/[a].txt");
    serve("F5", "/%7ba,b%7d.txt", "/{a,b}.txt");
    serve("F5", "/what%3f.txt", "/what?.txt");
    pass("F5", "/h*llo.txt", "/hello.tx%3f", "/%5bh%5dello.txt");
  }

  private void slashes() {
    pass(
        "F6",
        "//evil.test/..",
        "/hello.txt/",
        "/hello.txt.",
        "/hello.txt%20",
        "/hello.txt//",
        "/hello.txt/x");
    add(
        "F6",
        "//hello.txt",
        either(served("/hello.txt"), answered(404)),
        either(served("/hello.txt"), passedOn("GET //hello.txt HTTP/1.1")));
  }

  private void extensions() {
    pass(
        "F7",
        "/page.php",
        "/page.php%3fx.html",
        "/page.php;.css",
        "/page.php/x.css",
        "/page.php%20",
        "/page.php.",
        "/page.p%68p");
    refuse("F7", "/page.php%00.html");
    pass("F8", "/upper.PHP", "/page.PHP", "/Page.php", "/HELLO.TXT");
  }

  private void hidden() {
    pass(
        "F9",
        "/.git/config",
        "/%2egit/config",
        "/.env",
        "/.htaccess",
        "/.secret/x.txt",
        "/dir/.hidden.txt",
        "/hello.txt~",
        "/site.bak",
        "/site.swp",
        "/key.pem",
        "/app.conf",
        "/app.class",
        "/app.jar",
        "/WEB-INF/absent.xml");
    serve("F9", "/.well-known/ok.txt", "/.well-known/ok.txt");
    pass("F9", "/.well-known/.inner.txt");
  }

  private void specialFiles() {
    pass(
        "F11",
        "/fifo.txt",
        "/socket.txt",
        "/link-out.txt",
        "/link-dir-out/secret.txt",
        "/link-proc.txt",
        "/link-loop.txt",
        "/link-gone.txt",
        "/exec.txt",
        "/private.txt",
        "/sticky.txt");
    serve("F11", "/link-in.txt", "/hello.txt");
    add("F11", "/dir.txt", answered(301, 308, 404), passedOn("GET /dir.txt HTTP/1.1"));
  }

  private void methods() {
    for (String method :
        List.of("GET", "HEAD", "POST", "DELETE", "PUT", "OPTIONS", "PATCH", "PROPFIND", "FOO")) {
      boolean plain = method.equals("GET") || method.equals("HEAD");
      String text =
          method + " /hello.txt HTTP/1.1\r\nHost: front.test\r\nAuthorization: Basic eDp5\r\n\r\n";
      Outcome alone =
          switch (method) {
            case "GET" -> served("/hello.txt");
            case "HEAD" -> answered(200);
            case "FOO" -> answered(501);
            case "PROPFIND" -> answered(405, 501);
            default -> answered(405);
          };
      Outcome passed =
          new Outcome.PassedOn(
              method + " /hello.txt HTTP/1.1", "", List.of("Authorization: Basic eDp5"), List.of());
      rows.add(
          new Attack(
              "F18",
              method + " with Authorization" + (plain ? "" : ", never static"),
              text,
              alone,
              passed,
              passed));
    }
  }
}
