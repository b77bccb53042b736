package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The command `demo` as far as it ends by itself.
final class DemoCommandTest {
  @Test
  void helpIsNoMistake() {
    assertEquals(0, Main.execute("demo", "--help"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense=1", "threads=many", "nonsense", "documentroot=/no/such/place"})
  void whatTheOperatorGotWrongEndsItWithTwo(String write) {
    assertEquals(2, Main.execute("demo", "-w", write));
  }
}
