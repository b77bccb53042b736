package net.khttpd.frontdoor.attack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Received;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.jspecify.annotations.Nullable;

/// Sends rows to one server and compares what comes, at the client and at the backend.
public final class AttackRun {
  /// Connections under way at once in a split run; below every limit of a default server.
  private static final int BATCH = 64;

  /// Longer rows are split at their first and last bytes and at some between.
  private static final int EVERY_BYTE_UP_TO = 400;

  private static final int EDGE = 120;

  /// What surely arrives together with its head, in bytes.
  private static final int WITH_THE_HEAD = 2_000;

  private final AttackSite site;
  private final int port;
  private final @Nullable RecordingBackend backend;

  public AttackRun(AttackSite site, int port, @Nullable RecordingBackend backend) {
    this.site = site;
    this.port = port;
    this.backend = backend;
  }

  /// The row in one send, the marker right behind it.
  public void whole(byte[] attack, Outcome outcome) throws IOException {
    forget();
    try (var client = new RawClient(port)) {
      client.sendIfItListens(withMarker(attack));
      List<Answer> answers = client.readAll(isHead(attack, outcome));
      verify(outcome, List.of(answers), attack.length > WITH_THE_HEAD);
    }
  }

  /// The row in one send a byte, as fast as the kernel takes them.
  public void singleBytes(byte[] attack, Outcome outcome) throws IOException {
    forget();
    try (var client = new RawClient(port)) {
      byte[] bytes = withMarker(attack);
      int slow = Math.min(bytes.length, EVERY_BYTE_UP_TO);
      for (int i = 0; i < slow; i++) {
        client.sendIfItListens(new byte[] {bytes[i]});
      }
      client.sendIfItListens(java.util.Arrays.copyOfRange(bytes, slow, bytes.length));
      verify(outcome, List.of(client.readAll(isHead(attack, outcome))), true);
    }
  }

  /// The row in two sends for each place between two bytes; the second goes out when the server has
  /// surely read the first.
  public void splitEverywhere(byte[] attack, Outcome outcome) throws IOException {
    List<Integer> places = places(attack.length);
    for (int from = 0; from < places.size(); from += BATCH) {
      split(attack, outcome, places.subList(from, Math.min(from + BATCH, places.size())));
    }
  }

  private void split(byte[] attack, Outcome outcome, List<Integer> places) throws IOException {
    forget();
    byte[] bytes = withMarker(attack);
    var clients = new ArrayList<RawClient>();
    try (var probe = new RawClient(port)) {
      for (int at : places) {
        clients.add(new RawClient(port).send(bytes, 0, at));
      }
      fence(probe);
      var answers = new ArrayList<List<Answer>>();
      for (int i = 0; i < clients.size(); i++) {
        int at = places.get(i);
        clients.get(i).sendIfItListens(java.util.Arrays.copyOfRange(bytes, at, bytes.length));
      }
      for (int i = 0; i < clients.size(); i++) {
        answers.add(answers(clients.get(i), attack, outcome, places.get(i)));
      }
      verify(outcome, answers, true);
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  private static List<Answer> answers(RawClient client, byte[] attack, Outcome outcome, int at) {
    try {
      return client.readAll(isHead(attack, outcome));
    } catch (IOException e) {
      throw new AssertionError("split at byte " + at + " of " + Wire.shown(attack), e);
    }
  }

  /// The server has one loop: when it answers a request sent now, it has read what came before.
  private static void fence(RawClient probe) throws IOException {
    for (int i = 0; i < 2; i++) {
      assertEquals(200, probe.send(Wire.get("/marker.txt")).read().status());
    }
  }

  private static List<Integer> places(int length) {
    var places = new ArrayList<Integer>();
    for (int at = 1; at <= length; at++) {
      boolean edge = at <= EDGE || at > length - EDGE;
      if (length <= EVERY_BYTE_UP_TO || edge || at % (length / 16) == 0) {
        places.add(at);
      }
    }
    return places;
  }

  private void verify(Outcome outcome, List<List<Answer>> connections, boolean split) {
    for (List<Answer> answers : connections) {
      verifyAnswers(outcome, answers);
    }
    if (backend != null) {
      verifyBackend(outcome, backend, connections, split);
    }
  }

  private void verifyAnswers(Outcome outcome, List<Answer> answers) {
    assertTrue(!answers.isEmpty(), "the connection ended without an answer");
    Answer first = answers.getFirst();
    switch (outcome) {
      case Outcome.Refused refused -> {
        assertTrue(refused.statuses().contains(first.status()), () -> expected(refused, answers));
        assertTrue(first.saysClose(), () -> "no Connection: close in " + first);
        assertEquals(1, answers.size(), () -> expected(refused, answers));
      }
      case Outcome.Answered own -> {
        assertTrue(own.statuses().contains(first.status()), () -> expected(own, answers));
        assertNoSecret(answers);
        if (answers.size() > 1) {
          assertMarker(own, answers);
        }
      }
      case Outcome.Served served -> {
        assertEquals(200, first.status(), () -> expected(served, answers));
        assertEquals(site.body(served.path()), first.text());
        assertMarker(served, answers);
      }
      case Outcome.PassedOn passed -> {
        assertEquals(200, first.status(), () -> expected(passed, answers));
        if (!passed.requestLine().startsWith("HEAD ")) {
          assertEquals("backend", first.text(), () -> expected(passed, answers));
        }
        assertMarker(passed, answers);
      }
      case Outcome.FaultInChunk fault -> {
        assertEquals(400, first.status(), () -> expected(fault, answers));
        assertEquals(1, answers.size(), () -> expected(fault, answers));
      }
      case Outcome.Either either -> verifyAnswers(chosen(either, answers), answers);
    }
  }

  private void verifyBackend(
      Outcome outcome, RecordingBackend backend, List<List<Answer>> connections, boolean split) {
    List<Received> requests = backend.drain();
    switch (outcome) {
      case Outcome.PassedOn passed -> {
        assertEquals(connections.size(), requests.size(), "requests at the backend");
        requests.forEach(r -> verifyReceived(passed, r));
      }
      case Outcome.FaultInChunk fault when split ->
          assertEquals(List.of(), requests, "complete requests at the backend");
      case Outcome.Either either ->
          verifyReceivedAgain(chosen(either, connections.getFirst()), requests);
      case Outcome.FaultInChunk _, Outcome.Refused _, Outcome.Answered _, Outcome.Served _ ->
          assertEquals("", Wire.shown(backend.received()), "bytes at the backend");
    }
  }

  private static void verifyReceivedAgain(Outcome outcome, List<Received> requests) {
    if (outcome instanceof Outcome.PassedOn passed) {
      requests.forEach(r -> verifyReceived(passed, r));
    } else {
      assertEquals(List.of(), requests, "requests at the backend");
    }
  }

  private static void verifyReceived(Outcome.PassedOn passed, Received received) {
    assertEquals(passed.requestLine(), received.requestLine());
    assertEquals(passed.body(), received.text());
    for (String line : passed.lines()) {
      String head = received.head();
      String name = line.substring(0, line.indexOf(':'));
      assertEquals(
          List.of(line.substring(line.indexOf(':') + 1).strip()), received.all(name), head);
    }
    for (String name : passed.absent()) {
      assertEquals(List.of(), received.all(name), name);
    }
  }

  /// Of two allowed outcomes the one that the first answer speaks for.
  private Outcome chosen(Outcome.Either either, List<Answer> answers) {
    try {
      verifyAnswers(either.one(), answers);
      return either.one();
    } catch (AssertionError notThisOne) {
      return either.other();
    }
  }

  private void assertMarker(Outcome outcome, List<Answer> answers) {
    assertEquals(2, answers.size(), () -> expected(outcome, answers));
    assertEquals(site.body("/marker.txt"), answers.getLast().text());
  }

  private static void assertNoSecret(List<Answer> answers) {
    answers.forEach(a -> assertTrue(!a.text().contains("SECRET"), a::toString));
  }

  private static String expected(Outcome outcome, List<Answer> answers) {
    String text = "expected " + outcome + ", got " + answers;
    return text.length() > 1_500 ? text.substring(0, 1_500) + "…" : text;
  }

  /// A head that is refused as malformed has no method that would forbid a body.
  private static boolean isHead(byte[] attack, Outcome outcome) {
    return !(outcome instanceof Outcome.Refused)
        && Wire.text(attack).stripLeading().toUpperCase(Locale.ROOT).startsWith("HEAD /");
  }

  private static byte[] withMarker(byte[] attack) {
    var all = new ByteArrayOutputStream();
    all.writeBytes(attack);
    all.writeBytes(Wire.bytes(Attack.MARKER));
    return all.toByteArray();
  }

  private void forget() {
    if (backend != null) {
      backend.forget();
    }
  }
}
