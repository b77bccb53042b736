package net.khttpd.loop;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// An endpoint that writes down what happens to it, and does what its script says on the loop's
/// thread.
final class ScriptedEndpoint extends Endpoint {
  /// What happened: `received`, `ended` (result), `readable`, `stopped`, `sent`, `connected`,
  /// `resumed`, `closed`, `detached` (descriptor), `expired`.
  record Happening(String what, long result, byte[] bytes) {
    @Override
    public String toString() {
      return what + " " + result + " (" + bytes.length + " bytes)";
    }
  }

  private static final byte[] NOTHING = {};
  private static final long DEADLINE_SECONDS = 10;

  final LinkedBlockingQueue<Happening> happened = new LinkedBlockingQueue<>();
  private final BiConsumer<ScriptedEndpoint, Happening> script;

  ScriptedEndpoint() {
    this((endpoint, happening) -> {});
  }

  ScriptedEndpoint(BiConsumer<ScriptedEndpoint, Happening> script) {
    this.script = script;
  }

  /// The next happening, which must be this one.
  Happening await(String what) throws InterruptedException {
    Happening next = happened.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (next == null || !next.what().equals(what)) {
      throw new AssertionError("instead of " + what + ": " + next);
    }
    return next;
  }

  @Override
  protected void received(MemorySegment buffer, long offset, int length) {
    byte[] bytes = length <= 0 ? NOTHING : buffer.asSlice(offset, length).toArray(JAVA_BYTE);
    note(length <= 0 ? "ended" : "received", length, bytes);
  }

  @Override
  protected void readable() {
    note("readable", 0, NOTHING);
  }

  @Override
  protected void receivingStopped() {
    note("stopped", 0, NOTHING);
  }

  @Override
  protected void sent(long result) {
    note("sent", result, NOTHING);
  }

  @Override
  protected void connected(int result) {
    note("connected", result, NOTHING);
  }

  /// The turn asked for with `nextTurn(endpoint::resumed)` has come.
  void resumed() {
    if (!closing) {
      note("resumed", 0, NOTHING);
    }
  }

  @Override
  protected void detached(int descriptor) {
    note("detached", descriptor, NOTHING);
  }

  @Override
  protected void closed() {
    note("closed", 0, NOTHING);
  }

  @Override
  protected void expired() {
    note("expired", 0, NOTHING);
  }

  private void note(String what, long result, byte[] bytes) {
    var happening = new Happening(what, result, bytes);
    happened.add(happening);
    script.accept(this, happening);
  }
}
