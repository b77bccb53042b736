package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import net.khttpd.frontdoor.AtOnceRows.Row;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.SocketReceiver;

/// The rows of [AtOnceRows] about what is done for an application beyond relaying to it.
final class AtOnceHandoverRows {
  private static final String ORDER =
      "HTTP/1.1 200 OK\r\nX-Sendfile: a.txt\r\nContent-Length: 7\r\n\r\nbackend";

  private AtOnceHandoverRows() {}

  static List<Row> all() {
    return List.of(
        new Row("sendfile_header", "X-Other", AtOnceHandoverRows::sendfileHeader),
        new Row("internal_root", "relative", AtOnceHandoverRows::internalRoot),
        new Row("handover", "/a/path", AtOnceHandoverRows::handover));
  }

  private static void sendfileHeader(LiveServer live) throws Exception {
    RecordingBackend backend = live.backend(RecordingBackend.fixed(ORDER));
    live.write("internal_root=" + live.value("documentroot"), "backend=" + backend.setting());
    assertEquals("backend", live.get("/app.cgi").text());
    live.write("sendfile_header=on");
    assertEquals("alpha", live.get("/app.cgi").text());
    live.write("sendfile_header=off");
    assertEquals("backend", live.get("/app.cgi").text());
  }

  private static void internalRoot(LiveServer live) throws Exception {
    RecordingBackend backend = live.backend(RecordingBackend.fixed(ORDER));
    live.write("sendfile_header=X-Sendfile", "backend=" + backend.setting());
    assertEquals(404, live.get("/app.cgi").status());
    live.write("internal_root=" + live.value("documentroot"));
    assertEquals("alpha", live.get("/app.cgi").text());
    live.write("internal_root=" + live.value("documentroot") + "/../other");
    assertEquals("other", live.get("/app.cgi").text());
    live.refuses("internal_root=/no/such/directory", "internal_root: ");
  }

  private static void handover(LiveServer live) throws Exception {
    live.withBackend();
    Path path = Path.of(live.value("documentroot")).resolveSibling("receiver-at-once");
    try (var receiver = new SocketReceiver(path, 8, SocketReceiver.ANSWERS)) {
      assertEquals("backend", live.get("/app.cgi").text());
      live.write("handover=unix:" + path);
      assertEquals("receiver: GET /app.cgi HTTP/1.1", live.get("/app.cgi").text());
      assertEquals(0, receiver.next().flags());
      live.write("handover=unix:" + path + ",peek");
      assertEquals("receiver: GET /app.cgi HTTP/1.1", live.get("/app.cgi").text());
      assertEquals(1, receiver.next().flags());
      live.write("handover=off");
      assertEquals("backend", live.get("/app.cgi").text());
    }
  }
}
