package net.khttpd.frontdoor;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.khttpd.frontdoor.ChangingFiles.Way;
import net.khttpd.frontdoor.harness.Answer;
import net.khttpd.frontdoor.harness.FrontServer;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.real.Proof;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The hunt for torn answers: while a thousand files are replaced, cut, grown and closed, each
/// answer must be of one version, of the length it says and of the ETag it claims, and no version
/// older than what had been there for a second.
final class TornAnswerTest extends FrontDoor {
  private static final boolean LONG = Boolean.getBoolean("khttpd.long");
  private static final long HUNT_NANOS = (LONG ? 300 : 2) * 1_000_000_000L;
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final int ENOUGH = 1_000;
  private static final int CLIENTS = 4;
  private static final int WRITERS = 2;

  /// The second that is promised, and one for a busy machine.
  private static final long PROMISE_NANOS = 2_000_000_000L;

  /// Tags of one file that are remembered by one client.
  private static final int TAGS = 64;

  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong changes = new AtomicLong();
  private final AtomicLong notModified = new AtomicLong();
  private final AtomicLong cut = new AtomicLong();

  /// In memory, where a change costs nothing.
  @Test
  void everyAnswerIsOneVersionAndNoneIsOlderThanASecond() throws Exception {
    Path memory = Path.of("/dev/shm");
    hunt(Files.isWritable(memory) ? memory : site.outside());
  }

  /// On a disk, whose file system keeps time and pages in its own way.
  @Test
  void theSameOnADisk() throws Exception {
    hunt(site.outside());
  }

  private void hunt(Path beneath) throws Exception {
    Path top = Files.createTempDirectory(beneath, "khttpd-torn");
    try {
      Path root = Files.createDirectory(top.resolve("root"));
      for (Path each : List.of(top, root)) {
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
      }
      hunt(
          beneath,
          new ChangingFiles(root, top),
          own(FrontServer.start(engine, root, List.of("threads=2"))));
    } finally {
      try (var all = Files.walk(top)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  private void hunt(Path beneath, ChangingFiles files, FrontServer server) throws Exception {
    fault.set(null);
    answers.set(0);
    notModified.set(0);
    cut.set(0);
    changes.set(0);
    long end = System.nanoTime() + HUNT_NANOS;
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < WRITERS; i++) {
      int mine = i;
      threads.add(Thread.ofPlatform().start(() -> guarded(() -> write(files, mine, end))));
    }
    for (int i = 0; i < CLIENTS; i++) {
      int mine = i;
      threads.add(
          Thread.ofPlatform()
              .start(() -> guarded(() -> new Hunter(files, mine).hunt(server, end))));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable found = fault.get();
    if (found != null) {
      throw new AssertionError(
          "a wrong answer after " + answers + "; the server says: " + server.events(), found);
    }
    Proof.line(
        "%s, hunt for torn answers %s: %d answers, none wrong, %d of them 304, %d cut, %d changes"
            .formatted(
                engine,
                beneath.startsWith("/dev/shm") ? "in memory" : "on a disk",
                answers.get(),
                notModified.get(),
                cut.get(),
                changes.get()));
    assertTrue(answers.get() > ENOUGH && changes.get() > ENOUGH, "too little happened");
  }

  /// Until its time is over and enough has happened, within a bound.
  private boolean goesOn(long end) {
    long over = System.nanoTime() - end;
    boolean enough = answers.get() > ENOUGH && changes.get() > ENOUGH;
    return fault.get() == null && (over < 0 || (!enough && over < PATIENCE_NANOS));
  }

  private interface Work {
    void run() throws Exception;
  }

  private void guarded(Work work) {
    try {
      work.run();
    } catch (Throwable t) {
      fault.compareAndSet(null, t);
    }
  }

  /// One of the writers; a file is always written by the same.
  private void write(ChangingFiles files, int mine, long end) throws Exception {
    var random = new Random(mine);
    while (goesOn(end)) {
      int file = random.nextInt(ChangingFiles.FILES / WRITERS) * WRITERS + mine;
      files.change(file, random);
      changes.incrementAndGet();
    }
  }

  /// What a client keeps of a body: in five minutes it sees more than a heap holds.
  private record Body(int version, int length, String digest) {
    static Body of(int version, byte[] body) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
        return new Body(version, body.length, HexFormat.of().formatHex(digest));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError(e);
      }
    }
  }

  /// One client, with what it knows of the tags of each file.
  private final class Hunter {
    private final ChangingFiles files;
    private final Random random;
    private final Map<Integer, LinkedHashMap<String, Body>> bodies = new LinkedHashMap<>();

    Hunter(ChangingFiles files, int seed) {
      this.files = files;
      this.random = new Random(1_000 + seed);
    }

    void hunt(FrontServer server, long end) throws Exception {
      RawClient client = new RawClient(server.port());
      while (goesOn(end)) {
        int file =
            random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(ChangingFiles.FILES);
        String known = random.nextInt(3) == 0 ? lastTag(file) : null;
        String target = "/" + ChangingFiles.path(file);
        long asked = System.nanoTime();
        client.send(known == null ? Wire.get(target) : Wire.get(target, "If-None-Match: " + known));
        Answer answer = answerOrCut(client, file);
        if (answer != null) {
          answers.incrementAndGet();
          judge(file, answer, asked, known);
        }
        if (answer == null || !answer.complete() || answer.saysClose()) {
          client.close();
          client = new RawClient(server.port());
        }
      }
      client.close();
    }

    /// Null: a large file was rewritten in place while its answer waited for its turn, so nothing
    /// of it was sent.
    private @Nullable Answer answerOrCut(RawClient client, int file) throws Exception {
      try {
        return client.read();
      } catch (AssertionError closed) {
        if (ChangingFiles.way(file) != Way.LARGE_IN_PLACE) {
          throw closed;
        }
        cut.incrementAndGet();
        return null;
      }
    }

    private void judge(int file, Answer answer, long asked, @Nullable String known) {
      Way way = ChangingFiles.way(file);
      switch (answer.status()) {
        case 200 -> judgeBody(file, way, answer, asked);
        case 304 -> {
          notModified.incrementAndGet();
          assertEquals(opaque(known), opaque(answer.field("ETag").orElseThrow()));
          if (way == Way.REPLACED || way == Way.REPLACED_LARGE) {
            fresh(file, bodies.get(file).get(known).version(), asked);
          }
        }
        case 404 -> assertEquals(Way.CHMOD, way, answer::toString);
        default -> throw new AssertionError(answer.toString());
      }
    }

    private void judgeBody(int file, Way way, Answer answer, long asked) {
      if (way == Way.LARGE_IN_PLACE) {
        cut.addAndGet(answer.complete() ? 0 : 1);
        return;
      }
      byte[] body = answer.body();
      assertTrue(answer.complete(), () -> "cut: file " + file + ", " + answer.head());
      assertEquals(0, body.length % ChangingFiles.LINE, "a part of a line of file " + file);
      int version = body.length == 0 ? 0 : versionOf(body);
      byte[] whole = ChangingFiles.content(file, version, body.length / ChangingFiles.LINE);
      int wrong = Arrays.mismatch(whole, body);
      assertEquals(-1, wrong, () -> "torn at byte " + wrong + ": " + answer.head());
      if (way == Way.REPLACED || way == Way.REPLACED_LARGE || way == Way.CHMOD) {
        assertEquals(ChangingFiles.lines(file, version) * ChangingFiles.LINE, body.length);
      }
      if (way == Way.REPLACED || way == Way.REPLACED_LARGE) {
        fresh(file, version, asked);
      }
      remember(file, answer.field("ETag").orElseThrow(), Body.of(version, body));
    }

    private void fresh(int file, int version, long asked) {
      int due = files.since(file, asked - PROMISE_NANOS);
      assertTrue(
          version >= due, () -> "file " + file + ": v" + version + ", but v" + due + " is due");
    }

    private static int versionOf(byte[] body) {
      return Integer.parseInt(new String(body, 7, 8, US_ASCII));
    }

    /// What is compared by If-None-Match: weakly (RFC 9110 §8.8.3.2).
    private static String opaque(@Nullable String tag) {
      return tag == null ? "none" : tag.startsWith("W/") ? tag.substring(2) : tag;
    }

    /// A strong tag names one body for ever.
    private void remember(int file, String tag, Body body) {
      var mine = bodies.computeIfAbsent(file, _ -> new LinkedHashMap<>());
      Body before = mine.put(tag, body);
      if (before != null && !tag.startsWith("W/")) {
        assertEquals(before, body, () -> "two bodies of file " + file + " are " + tag);
      }
      if (mine.size() > TAGS) {
        mine.pollFirstEntry();
      }
    }

    private @Nullable String lastTag(int file) {
      var mine = bodies.get(file);
      return mine == null ? null : mine.lastEntry().getKey();
    }
  }
}
