package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class IdleHabitTest {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;

  private final IdleHabit habit = new IdleHabit();

  @Test
  void ofWhomNothingIsKnownNothingIsTrusted() {
    assertEquals(0, habit.trustedNanos(0));
    habit.kept(39 * MILLI);
    assertEquals(0, habit.trustedNanos(0));
  }

  @Test
  void halfOfWhatWasKeptIsTrustedUpToASecond() {
    habit.kept(400 * MILLI);
    assertEquals(200 * MILLI, habit.trustedNanos(0));
    habit.kept(4 * SECOND);
    assertEquals(SECOND, habit.trustedNanos(0));
  }

  @Test
  void whoEndsConnectionsAfterASecondIsTrustedForHalfOfIt() {
    habit.ended(SECOND, 0);
    habit.ended(1_050 * MILLI, SECOND);
    assertEquals(SECOND / 2, habit.trustedNanos(SECOND));
  }

  @Test
  void whoEndsConnectionsAfterTheirAnswerIsNotTrustedForAMinute() {
    habit.kept(4 * SECOND);
    habit.ended(MILLI, 0);
    assertEquals(0, habit.trustedNanos(59 * SECOND));
    habit.ended(3 * SECOND, 30 * SECOND);
    assertEquals(0, habit.trustedNanos(59 * SECOND));
    assertEquals(SECOND, habit.trustedNanos(61 * SECOND));
  }

  @Test
  void theMinuteBeginsAnewWithEachEarlyEnd() {
    habit.kept(4 * SECOND);
    habit.ended(MILLI, 0);
    habit.ended(MILLI, 50 * SECOND);
    assertEquals(0, habit.trustedNanos(100 * SECOND));
  }
}
