package net.khttpd.passon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.khttpd.log.EventLog;
import net.khttpd.settings.BackendAddress;
import net.khttpd.settings.BalanceKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackendSetTest {
  private static final int KEYS = 100_000;

  private final EventLog log =
      new EventLog(OutputStream.nullOutputStream(), InstantSource.system());

  @AfterEach
  void closeLog() {
    log.close();
  }

  private List<Backend> backends(int count) {
    var list = new ArrayList<Backend>();
    for (int i = 0; i < count; i++) {
      var address = new BackendAddress.Tcp("10.0.0." + i, 8080);
      list.add(new Backend(address, new byte[0], List.of(), log));
    }
    return list;
  }

  private static int[] alike(int count) {
    int[] weights = new int[count];
    Arrays.fill(weights, 1);
    return weights;
  }

  private static Backend of(BackendSet set, int number) {
    long key = HashKey.of(("/page/" + number + ".html").getBytes());
    return set.list().get(set.best(0, key, 0, false, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 50})
  void removingOneOfSeveralBackendsMovesItsKeysAndNoOthers(int count) {
    List<Backend> all = backends(count);
    var before = new BackendSet(all, BalanceKind.HASH_PATH, alike(count));
    Backend gone = all.get(count / 2);
    List<Backend> left = all.stream().filter(each -> each != gone).toList();
    var after = new BackendSet(left, BalanceKind.HASH_PATH, alike(count - 1));
    int moved = 0;
    for (int i = 0; i < KEYS; i++) {
      Backend first = of(before, i);
      if (first == gone) {
        moved++;
      } else {
        assertEquals(first, of(after, i), "a key moved that did not have to");
      }
    }
    double share = moved / (double) KEYS * count;
    assertTrue(share > 0.8 && share < 1.2, "moved " + share + " of a fair share");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 10, 50})
  void everyBackendHasItsShareOfTheKeys(int count) {
    var set = new BackendSet(backends(count), BalanceKind.HASH_CLIENT, alike(count));
    int[] shares = new int[count];
    for (int i = 0; i < KEYS; i++) {
      shares[set.best(i % count, HashKey.mix(i), 0, false, 0)]++;
    }
    for (int share : shares) {
      double fair = share / (double) KEYS * count;
      assertTrue(fair > 0.8 && fair < 1.2, Arrays.toString(shares));
    }
  }

  @Test
  void aHashHeedsWeights() {
    var set = new BackendSet(backends(3), BalanceKind.HASH_PATH, new int[] {1, 2, 5});
    int[] shares = new int[3];
    for (int i = 0; i < KEYS; i++) {
      shares[set.best(0, HashKey.mix(i), 0, false, 0)]++;
    }
    for (int i = 0; i < 3; i++) {
      double fair = shares[i] / (double) KEYS * 8 / set.weight(i);
      assertTrue(fair > 0.95 && fair < 1.05, Arrays.toString(shares));
    }
  }

  @Test
  void whoIsDownIsReplacedAsIfHeWereGone() {
    List<Backend> all = backends(5);
    var set = new BackendSet(all, BalanceKind.HASH_PATH, alike(5));
    var without = new BackendSet(all.subList(0, 4), BalanceKind.HASH_PATH, alike(4));
    all.get(4).health().drain(true);
    for (int i = 0; i < 1_000; i++) {
      assertEquals(of(without, i), of(set, i));
    }
  }

  @Test
  void weightsAreKeptInEveryRoundAndSpreadOverIt() {
    var set = new BackendSet(backends(3), BalanceKind.ROUND_ROBIN, new int[] {10, 4, 2});
    var turns = new StringBuilder();
    for (int i = 0; i < 16; i++) {
      turns.append("abc".charAt(set.next()));
    }
    assertEquals("abaacabaabaacaba".length(), turns.length());
    assertEquals(10, turns.chars().filter(c -> c == 'a').count(), turns::toString);
    assertEquals(4, turns.chars().filter(c -> c == 'b').count(), turns::toString);
    assertTrue(!turns.toString().contains("aaaa"), turns::toString);
  }

  @Test
  void theFewestRequestsUnderWayForItsWeightIsFirst() {
    List<Backend> all = backends(3);
    var set = new BackendSet(all, BalanceKind.LEAST_CONNECTIONS, new int[] {1, 1, 4});
    var chosen = new int[3];
    for (int i = 0; i < 12; i++) {
      int index = set.best(set.next(), 0, 0, false, 0);
      assertTrue(all.get(index).tryOpen(100));
      chosen[index]++;
    }
    assertEquals("[2, 2, 8]", Arrays.toString(chosen));
    all.get(1).closed();
    assertEquals(1, set.best(0, 0, 0, false, 0));
    all.get(0).idle(2);
    assertEquals(0, set.best(0, 0, 0, false, 0));
  }

  @Test
  void aRoundIsBounded() {
    int[] weights = new int[4096];
    Arrays.fill(weights, 256);
    weights[0] = 255;
    assertTrue(Turns.of(weights).length <= 1 << 17);
  }
}
