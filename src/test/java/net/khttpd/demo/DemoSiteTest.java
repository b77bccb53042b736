package net.khttpd.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The site as it lies on the disk: complete, readable, closed in itself, small.
final class DemoSiteTest {
  private static final int MOST_BYTES = 600 * 1024;

  /// What the backend answers and the pages may point to; the last three are there to be refused or
  /// not to be found.
  private static final Set<String> DYNAMIC =
      Set.of(
          "/app/time",
          "/app/headers",
          "/app/seen",
          "/app/echo",
          "/app/stream",
          "/app/slow",
          "/.git/config",
          "/cgi-bin/report",
          "/no/such/page",
          "/bad%zzescape");

  private static final Pattern LINK =
      Pattern.compile("(?:href|src|srcset|action|data-target)=\"([^\"]*)\"");

  private DemoSite site;

  @BeforeEach
  void unpack() throws IOException {
    site = DemoSite.unpack();
  }

  @AfterEach
  void remove() throws IOException {
    site.close();
  }

  @Test
  void theListNamesEveryFileOfTheSource() throws IOException {
    Path source = Path.of("src/main/resources/net/khttpd/demo/site");
    try (Stream<Path> paths = Files.walk(source)) {
      List<String> files =
          paths
              .filter(Files::isRegularFile)
              .map(path -> source.relativize(path).toString())
              .sorted()
              .toList();
      assertEquals(files, DemoSite.files().stream().sorted().toList());
    }
  }

  @Test
  void everybodyMayReadEveryFileAndNobodyMayExecuteOne() throws IOException {
    for (Path path : unpacked()) {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
      assertEquals(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--", mode, path.toString());
    }
  }

  @Test
  void nothingIsLeftAfterClose() throws IOException {
    site.close();
    assertFalse(Files.exists(site.root()));
    site.close();
  }

  @Test
  void theWholeSiteIsSmall() throws IOException {
    long bytes = 0;
    for (Path path : unpacked()) {
      bytes += Files.isRegularFile(path) ? Files.size(path) : 0;
    }
    assertTrue(bytes < MOST_BYTES, bytes + " bytes");
  }

  @Test
  void everyLinkLeadsToAFileOrToTheBackend() throws IOException {
    Set<String> lost = new LinkedHashSet<>();
    for (String link : links()) {
      String path = link.replaceFirst("[?#].*", "");
      String file = path.equals("/") ? "index.html" : path.substring(1);
      if (!DYNAMIC.contains(path) && !Files.isRegularFile(site.root().resolve(file))) {
        lost.add(link);
      }
    }
    assertEquals(Set.of(), lost);
  }

  @Test
  void everyFragmentIsAnIdOfItsPage() throws IOException {
    for (String link : links()) {
      int hash = link.indexOf('#');
      if (hash > 0) {
        String page = read(site.root().resolve(link.substring(1, hash)));
        assertTrue(page.contains("id=\"" + link.substring(hash + 1) + "\""), link);
      }
    }
  }

  @Test
  void nothingIsFetchedFromElsewhere() throws IOException {
    Pattern elsewhere = Pattern.compile("(?:https?:)?//[a-z0-9]", Pattern.CASE_INSENSITIVE);
    for (Path path : texts()) {
      String text =
          read(path)
              .replace("http://127.0.0.1", "")
              .replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
      Matcher found = elsewhere.matcher(text);
      assertFalse(found.find(), () -> path + ": " + text.substring(found.start()));
    }
  }

  @Test
  void everyPictureIsDescribed() throws IOException {
    for (Path path : texts()) {
      Matcher picture = Pattern.compile("<img [^>]*>").matcher(read(path));
      while (picture.find()) {
        assertTrue(picture.group().matches(".* alt=\"[^\"]{20,}\".*"), picture.group());
        assertTrue(picture.group().contains(" width="), "its place is kept while it loads");
      }
    }
  }

  private List<Path> unpacked() throws IOException {
    try (Stream<Path> paths = Files.walk(site.root())) {
      return paths.toList();
    }
  }

  private List<Path> texts() throws IOException {
    return unpacked().stream()
        .filter(path -> path.toString().matches(".*\\.(html|css|js|svg)"))
        .toList();
  }

  /// Links of the pages and of the backend's frame, without those into the page itself.
  private List<String> links() throws IOException {
    List<String> pages = new ArrayList<>(List.of(Markup.frame()));
    for (Path path : texts()) {
      pages.add(read(path));
    }
    return pages.stream()
        .flatMap(page -> LINK.matcher(page).results())
        .flatMap(link -> Stream.of(link.group(1).split(",")))
        .map(link -> link.strip().replaceFirst(" .*", ""))
        .filter(link -> !link.startsWith("#"))
        .distinct()
        .collect(Collectors.toList());
  }

  private static String read(Path path) throws IOException {
    return Files.readString(path, StandardCharsets.UTF_8);
  }
}
