package net.khttpd.frontdoor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.khttpd.frontdoor.attack.Attack;
import org.junit.jupiter.api.Test;

/// docs/security.md names every attack of its kind, and no test that does not exist.
final class SecurityPageTest {
  private static final Path PAGE = Path.of("docs/security.md");
  private static final Pattern ROW = Pattern.compile("\\| ([SD]\\d+) \\|.*");
  private static final Pattern METHOD = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  private static List<String> rows() throws IOException {
    return Files.readAllLines(PAGE).stream().filter(line -> ROW.matcher(line).matches()).toList();
  }

  private static String id(String row) {
    return ROW.matcher(row).replaceFirst("$1");
  }

  @Test
  void everyAttackHasARow() throws IOException {
    Set<String> expected =
        Stream.concat(
                IntStream.rangeClosed(1, 26).mapToObj(i -> "S" + i),
                Stream.of("D2", "D11", "D12", "D13", "D14"))
            .collect(Collectors.toCollection(LinkedHashSet::new));
    var found = new LinkedHashSet<String>();
    rows().forEach(row -> found.add(id(row)));
    assertEquals(expected, found);
  }

  @Test
  void everyRowIsShownByATest() throws IOException {
    for (String row : rows()) {
      assertTrue(row.matches(".*`\\w+Test(\\.\\w+)?`.*"), row);
    }
  }

  @Test
  void whatIsSaidToBeAmongTheRowsOfBytesIsThere() throws IOException {
    Set<String> ids = AttackTest.rows().map(Attack::id).collect(Collectors.toSet());
    for (String row : rows()) {
      assertTrue(!row.contains("`AttackTest`") || ids.contains(id(row)), row);
    }
  }

  @Test
  void everyTestThatItNamesExists() throws IOException {
    var missing = new TreeSet<String>();
    for (String line : Files.readAllLines(PAGE)) {
      for (var hit : METHOD.matcher(line).results().toList()) {
        if (!source(hit.group(1)).contains(" void " + hit.group(2) + "(")) {
          missing.add(hit.group());
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static String source(String test) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      var found = files.filter(file -> file.endsWith(test + ".java")).findFirst();
      return found.isPresent() ? Files.readString(found.get()) : "";
    }
  }
}
