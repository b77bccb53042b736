package net.khttpd.endurance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Site;
import net.khttpd.frontdoor.harness.Wire;
import net.khttpd.kernel.CProgram;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Where the kernel refuses rings, as most containers do: epoll serves, and one sentence says why.
final class FallBackTest {
  private static final String ALL_RINGS = "0";

  /// The ring that a loop makes, larger than the one that only probes.
  private static final String LOOP_RINGS = "1024";

  @TempDir Path directory;
  private Path deny = Path.of("");
  private Site site;

  FallBackTest() throws Exception {
    site = new Site();
  }

  @BeforeEach
  void prepare() throws Exception {
    site.file("a.txt", "alpha");
    deny = CProgram.ofResource("/endurance/deny.c", directory).executable();
  }

  @AfterEach
  void remove() throws Exception {
    site.close();
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({"1,EPERM,forbidden", "12,ENOMEM,memlock", "38,ENOSYS,no io_uring"})
  void withoutRingsTheServerSaysWhyOnceAndServesByEpoll(String errno, String name, String cause)
      throws Exception {
    serves(List.of(deny.toString(), errno, ALL_RINGS), name, cause);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({"12,ENOMEM,memlock"})
  void aRingRefusedAfterTheProbeIsNoReasonNotToServe(String errno, String name, String cause)
      throws Exception {
    serves(List.of(deny.toString(), errno, LOOP_RINGS), name, cause);
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource({"1,EPERM", "12,ENOMEM", "38,ENOSYS"})
  void whoAskedForRingsIsToldInOneSentence(String errno, String name) throws Exception {
    for (String rings : List.of(ALL_RINGS, LOOP_RINGS)) {
      try (Child child =
          Child.start(List.of(deny.toString(), errno, rings), site.root(), "engine=io_uring")) {
        assertEquals(2, child.exit());
        List<String> said = child.log().lines().toList();
        assertEquals(1, said.size(), child.log());
        assertTrue(
            said.getFirst().contains("engine") && said.getFirst().contains(name), child.log());
      }
    }
  }

  private void serves(List<String> behind, String name, String cause) throws Exception {
    try (Child child = Child.start(behind, site.root(), "engine=auto")) {
      assertEquals("epoll", child.engine());
      try (var client = new RawClient(child.port())) {
        assertEquals("alpha", client.send(Wire.get("/a.txt")).read().text());
      }
      child.terminate();
      assertEquals(0, child.exit());
      List<String> why = child.log().lines().filter(line -> line.contains("epoll")).toList();
      assertEquals(1, why.size(), child.log());
      assertTrue(why.getFirst().contains(name) && why.getFirst().contains(cause), child.log());
    }
  }
}
