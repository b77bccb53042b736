package net.khttpd.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.khttpd.client.Client;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.loop.Buffers;
import net.khttpd.loop.Loop;
import org.junit.jupiter.api.Test;

/// What one turn sends of files is shared by all that wait, in the order of their asking.
final class FileTurnsTest {
  private static final long TURN = 512 * 1024;

  @Test
  void theFirstTakesAllAndTheOthersFollowInOrderOneATurn() throws Exception {
    List<String> story = new ArrayList<>();
    onALoop((loop, done) -> {
      var turns = new FileTurns(loop);
      var a = new Sender("a", turns, story, 3 * TURN, done);
      var b = new Sender("b", turns, story, TURN, done);
      var c = new Sender("c", turns, story, 2 * TURN, done);
      List.of(a, b, c).forEach(Sender::go);
      story.add("end of turn");
    });
    assertEquals(
        List.of("a", "end of turn", "a", "b", "c", "a", "c"),
        story,
        "each sends one turn's bytes, then waits behind those that asked before");
  }

  @Test
  void smallFilesShareATurn() throws Exception {
    List<String> story = new ArrayList<>();
    onALoop((loop, done) -> {
      var turns = new FileTurns(loop);
      for (String name : List.of("a", "b", "c", "d", "e")) {
        new Sender(name, turns, story, TURN / 4, done).go();
      }
      story.add("end of turn");
    });
    assertEquals(List.of("a", "b", "c", "d", "end of turn", "e"), story);
  }

  @Test
  void whoComesLaterDoesNotOvertakeWhoWaits() throws Exception {
    List<String> story = new ArrayList<>();
    onALoop((loop, done) -> {
      var turns = new FileTurns(loop);
      new Sender("a", turns, story, TURN, done).go();
      new Sender("b", turns, story, TURN, done).go(); // waits
      var c = new Sender("c", turns, story, TURN, done);
      loop.execute(c::go); // a later turn, before b's has come or after
    });
    assertEquals(List.of("a", "b", "c"), story);
  }

  private interface Script {
    void run(Loop loop, Runnable done);
  }

  /// Runs the script in one turn of a loop, and turns on for a while after a sender is done.
  private static void onALoop(Script script) throws Exception {
    var made = new CompletableFuture<Loop>();
    Thread thread =
        Thread.ofPlatform()
            .start(() -> {
              var loop = new Loop(0, false, Loop.TurnObserver.NONE, made::completeExceptionally);
              made.complete(loop);
              loop.run();
            });
    Loop loop = made.get(10, TimeUnit.SECONDS);
    var quiet = new CompletableFuture<Void>();
    loop.execute(() -> script.run(loop, () -> quietAfter(loop, quiet, 20)));
    quiet.get(10, TimeUnit.SECONDS);
    loop.end();
    assertTrue(thread.join(java.time.Duration.ofSeconds(10)));
  }

  /// Completes when `turns` more have passed: nobody can wait that long here.
  private static void quietAfter(Loop loop, CompletableFuture<Void> quiet, int turns) {
    if (turns == 0) {
      quiet.complete(null);
    } else {
      loop.nextTurn(() -> quietAfter(loop, quiet, turns - 1));
    }
  }

  /// A client that sends what it is granted until its file is out.
  private static final class Sender implements Client.Stages {
    private final String name;
    private final FileTurns turns;
    private final List<String> story;
    private final Client client = new Client(this, new Buffers(), new Counters());
    private final Runnable done;
    private long left;

    Sender(String name, FileTurns turns, List<String> story, long bytes, Runnable done) {
      this.name = name;
      this.turns = turns;
      this.story = story;
      this.left = bytes;
      this.done = done;
    }

    void go() {
      long granted;
      while (left > 0 && (granted = turns.grant(client)) != FileTurns.LATER) {
        story.add(name);
        long sent = Math.min(left, granted);
        left -= sent;
        turns.sent(sent);
      }
      if (left == 0) {
        done.run();
      }
    }

    @Override
    public void resumed(Client resumed) {
      go();
    }

    @Override
    public void arrived(Client from, MemorySegment bytes, long offset, int length) {}

    @Override
    public void arrivedInInput(Client from, int length) {}

    @Override
    public void inputReady(Client client, boolean last) {}

    @Override
    public void ended(Client from, int result) {}

    @Override
    public void receivingStopped(Client from) {}

    @Override
    public void sent(Client to, long result) {}

    @Override
    public void expired(Client of) {}

    @Override
    public void found(Client of, Entry entry) {}

    @Override
    public void detached(Client client, int descriptor) {}

    @Override
    public void closed(Client of) {}
  }
}
