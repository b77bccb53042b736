package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import net.khttpd.frontdoor.attack.Attack;
import net.khttpd.frontdoor.attack.AttackSite;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.RecordingBackend;
import net.khttpd.frontdoor.harness.Wire;
import org.junit.jupiter.api.Test;

/// Mutated rows of the tables, from a fixed seed: whatever is sent, the connection ends after the
/// client's end, what came is HTTP, no secret is in it, and the next client is served.
final class FuzzTest extends FrontDoor {
  private static final int ROUNDS = Boolean.getBoolean("khttpd.long") ? 200_000 : 3_000;
  private static final long SEED = 20_261_122;

  @Test
  void noMutationHarmsTheServer() throws Exception {
    try (var attackSite = new AttackSite();
        var backend = RecordingBackend.ok();
        var alone = FrontServer.start(engine, attackSite.root(), List.of());
        var front =
            FrontServer.start(
                engine,
                attackSite.root(),
                List.of("backend=" + backend.setting(), "timeout_backend=1"))) {
      Random random = new Random(SEED);
      List<Attack> rows = AttackTest.rows().filter(r -> r.text().length() < 2_000).toList();
      for (int i = 0; i < ROUNDS; i++) {
        Attack row = rows.get(random.nextInt(rows.size()));
        byte[] bytes = row.bytes(random.nextBoolean() ? Attack.STATIC : Attack.DYNAMIC);
        byte[] mutated = mutate(bytes, random);
        send(random.nextBoolean() ? alone : front, mutated);
        if (i % 100 == 0) {
          backend.forget();
          assertServes(alone);
          assertServes(front);
        }
      }
    }
  }

  @Test
  void noMutatedResponseHarmsTheServer() throws Exception {
    site.file("hello.txt", "hello");
    var response = new AtomicReference<byte[]>(new byte[0]);
    RecordingBackend backend =
        backend(c -> {
          c.read();
          c.send(response.get());
        });
    FrontServer server = before(backend, "timeout_backend=1");
    List<String> rows = List.copyOf(BackendSplitTest.responses());
    Random random = new Random(SEED);
    for (int i = 0; i < ROUNDS / 2; i++) {
      response.set(mutate(Wire.bytes(rows.get(random.nextInt(rows.size()))), random));
      send(server, Wire.bytes(Wire.get("/app.cgi", "Connection: close")));
      if (i % 100 == 0) {
        backend.forget();
        assertServes(server);
        response.set(Wire.bytes(RecordingBackend.OK));
        assertPassesOn(server);
      }
    }
  }

  private static void send(FrontServer server, byte[] bytes) throws IOException {
    try (var client = new RawClient(server.port())) {
      client.sendIfItListens(bytes).endOutput();
      String came = Wire.text(client.toEnd());
      assertTrue(came.isEmpty() || came.startsWith("HTTP/1.1 "), () -> Wire.shown(bytes));
      assertFalse(came.contains("SECRET"), () -> Wire.shown(bytes));
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError("no end after " + Wire.shown(bytes), e);
    } catch (java.net.SocketException gone) {
      assertTrue(
          "Connection reset".equals(gone.getMessage()) || "Broken pipe".equals(gone.getMessage()),
          () -> gone + " after " + Wire.shown(bytes));
    }
  }

  private void assertServes(FrontServer server) throws IOException {
    try (var client = new RawClient(server.port())) {
      assertEquals(200, client.send(Wire.get("/hello.txt")).read().status());
    }
  }

  private void assertPassesOn(FrontServer server) throws IOException {
    try (var client = new RawClient(server.port())) {
      assertEquals(200, client.send(Wire.get("/app.cgi")).read().status());
    }
  }

  private static byte[] mutate(byte[] bytes, Random random) {
    byte[] out = bytes;
    for (int n = random.nextInt(4); n >= 0; n--) {
      out = mutateOnce(out, random);
    }
    return out;
  }

  private static byte[] mutateOnce(byte[] bytes, Random random) {
    if (bytes.length == 0) {
      return bytes;
    }
    int at = random.nextInt(bytes.length);
    byte[] special = {0, '\r', '\n', ' ', '\t', ':', '/', '.', '%', ';', ',', '0', (byte) 0xff};
    return switch (random.nextInt(5)) {
      case 0 -> {
        byte[] flipped = bytes.clone();
        flipped[at] = special[random.nextInt(special.length)];
        yield flipped;
      }
      case 1 -> {
        byte[] flipped = bytes.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        yield flipped;
      }
      case 2 -> join(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + 1, bytes.length));
      case 3 -> {
        byte[] one = {special[random.nextInt(special.length)]};
        yield join(
            Arrays.copyOf(bytes, at), join(one, Arrays.copyOfRange(bytes, at, bytes.length)));
      }
      default -> join(Arrays.copyOf(bytes, at), bytes);
    };
  }

  private static byte[] join(byte[] left, byte[] right) {
    byte[] all = Arrays.copyOf(left, left.length + right.length);
    System.arraycopy(right, 0, all, left.length, right.length);
    return all;
  }
}
