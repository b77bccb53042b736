package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import net.khttpd.settings.Balancing.Ejection;
import org.junit.jupiter.api.Test;

final class HealthTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Ejection RULES = new Ejection(3, 10_000, 10_000);

  private final List<String> events = new ArrayList<>();
  private final Health health = new Health(events::add);

  private void fail(long... seconds) {
    for (long second : seconds) {
      health.failed(RULES, second * SECOND, "a reason", false);
    }
  }

  private Standing at(long second) {
    return health.standing(second * SECOND);
  }

  @Test
  void threeFailuresWithinTenSecondsTakeABackendOutForTenSeconds() {
    fail(100, 105);
    assertEquals(Standing.UP, at(105));
    fail(110);
    assertEquals(Standing.OUT, at(110));
    assertEquals(Standing.OUT, at(119));
    assertEquals(Standing.TRIAL, at(120));
    assertEquals(List.of("out for 10 s after 3 failures within 10 s, the last: a reason"), events);
  }

  @Test
  void failuresFurtherApartDoNot() {
    fail(100, 106, 111, 117, 122);
    assertEquals(Standing.UP, at(122));
  }

  @Test
  void noNumberOfFailuresDoesIfItIsNotAsked() {
    for (int i = 0; i < 100; i++) {
      health.failed(new Ejection(0, 10_000, 10_000), 0, "a reason", false);
    }
    assertEquals(Standing.UP, at(0));
  }

  @Test
  void oneOfManyThreadsMakesTheTrial() throws Exception {
    fail(0, 0, 0);
    var won = new AtomicInteger();
    var begin = new CountDownLatch(1);
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(begin);
                if (health.beginTrial(11 * SECOND)) {
                  won.incrementAndGet();
                }
              }));
    }
    begin.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, won.get());
    assertEquals(Standing.OUT, at(11));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTrialThatIsAnsweredBringsItBack() {
    fail(0, 0, 0);
    assertTrue(health.beginTrial(10 * SECOND));
    health.answered();
    assertEquals(Standing.UP, at(10));
    assertEquals("back, since it answers again", events.getLast());
    fail(10, 10);
    assertEquals(Standing.UP, at(10));
  }

  @Test
  void aTrialThatFailsIsFollowedByTheNextTenSecondsLater() {
    fail(0, 0, 0);
    assertTrue(health.beginTrial(10 * SECOND));
    health.failed(RULES, 12 * SECOND, "again", true);
    assertEquals(Standing.OUT, at(21));
    assertTrue(health.beginTrial(22 * SECOND));
    assertEquals(1, events.size());
  }

  @Test
  void aTrialThatToldNothingIsMadeAgainAtOnce() {
    fail(0, 0, 0);
    assertTrue(health.beginTrial(10 * SECOND));
    assertFalse(health.beginTrial(10 * SECOND));
    health.trialAbandoned();
    assertTrue(health.beginTrial(10 * SECOND));
  }

  @Test
  void checksTakeItDownAndBringItUpByTheirNumbers() {
    assertFalse(health.checked(false, 2, 3, "failed"));
    assertFalse(health.checked(false, 2, 3, "failed"));
    assertFalse(health.checked(true, 2, 3, "was good"));
    assertFalse(health.checked(false, 2, 3, "failed"));
    assertFalse(health.checked(false, 2, 3, "failed"));
    assertTrue(health.checked(false, 2, 3, "failed"));
    assertEquals(Standing.DOWN, at(0));
    assertFalse(health.checked(true, 2, 3, "was good"));
    assertTrue(health.checked(true, 2, 3, "was good"));
    assertEquals(Standing.UP, at(0));
    assertEquals(List.of("down, since its check failed", "up, since its check was good"), events);
  }

  @Test
  void whoIsNotCheckedAnyMoreIsUp() {
    health.checked(false, 1, 1, "failed");
    health.unchecked();
    assertEquals(Standing.UP, at(0));
  }

  @Test
  void drainingEndsWhenItIsTakenBack() {
    health.drain(true);
    health.drain(true);
    assertEquals(Standing.DRAINING, at(0));
    health.drain(false);
    assertEquals(Standing.UP, at(0));
    assertEquals(2, events.size());
  }
}
