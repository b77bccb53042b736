package net.khttpd.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The wheel does what a list of deadlines would, at most two ticks late.
final class TimerWheelTest {
  private static final long TICK = 1L << 26;
  private static final int TIMERS = 200;
  private static final int STEPS = 20_000;
  private static final long UNSET = Long.MAX_VALUE;

  private final long[] model = new long[TIMERS];
  private final Timer[] timers = new Timer[TIMERS];
  private TimerWheel wheel = new TimerWheel(0);
  private Random random = new Random(0);
  private long now;

  /// Checks itself against the model when it expires, and then sometimes sets or ends others.
  private final class Timer extends Timed {
    private final int index;

    Timer(int index) {
      this.index = index;
    }

    @Override
    protected void expired() {
      assertTrue(model[index] <= now, "expired before its deadline, or without one");
      model[index] = UNSET;
      if (random.nextInt(4) == 0) {
        change();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void randomDeadlinesExpireOnceAndInTime(long seed) {
    begin(seed);
    for (int step = 0; step < STEPS; step++) {
      change();
      if (random.nextInt(3) == 0) {
        now += random.nextInt(50) == 0 ? random.nextLong(2_000 * TICK) : random.nextLong(3 * TICK);
        wheel.advance(now);
        assertNothingIsLate();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void sleepingAsLongAsItSaysMissesNothing(long seed) {
    begin(seed);
    for (int i = 0; i < TIMERS; i++) {
      set(i, now + random.nextLong(3_000 * TICK));
    }
    random =
        new Random(seed) {
          @Override
          public int nextInt(int bound) {
            return 1; // nobody sets anew
          }
        };
    int wakes = 0;
    for (long sleep = wheel.nanosToNext(now); sleep >= 0; sleep = wheel.nanosToNext(now)) {
      now += sleep;
      wheel.advance(now);
      assertNothingIsLate();
      assertTrue(wakes++ < 20 * TIMERS, "it wakes again and again for nothing");
    }
    for (long deadline : model) {
      assertEquals(UNSET, deadline);
    }
  }

  @Test
  void anEmptyWheelLetsTheLoopSleepForEver() {
    assertEquals(-1, wheel.nanosToNext(0));
    begin(1);
    set(0, 5 * TICK);
    wheel.cancel(timers[0]);
    assertEquals(-1, wheel.nanosToNext(0));
  }

  private void begin(long seed) {
    random = new Random(seed);
    now = random.nextLong();
    wheel = new TimerWheel(now);
    for (int i = 0; i < TIMERS; i++) {
      timers[i] = new Timer(i);
      model[i] = UNSET;
    }
  }

  private void change() {
    int index = random.nextInt(TIMERS);
    switch (random.nextInt(5)) {
      case 0 -> {
        model[index] = UNSET;
        wheel.cancel(timers[index]);
      }
      case 1 -> set(index, now + random.nextLong(5_000 * TICK));
      case 2 -> set(index, now);
      default -> set(index, now + random.nextLong(20 * TICK));
    }
  }

  private void set(int index, long deadline) {
    model[index] = deadline;
    wheel.schedule(timers[index], deadline);
  }

  private void assertNothingIsLate() {
    for (int i = 0; i < TIMERS; i++) {
      assertTrue(
          model[i] == UNSET || model[i] > now - 3 * TICK,
          "late by " + (now - model[i]) / TICK + " ticks");
    }
  }
}
