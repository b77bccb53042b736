package net.khttpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.LineNumber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The repository checks itself: sizes, names, words, and that types say what they are for.
final class TidyTest {
  private static final int LINES_OF_FILE = 400;
  private static final int LINES_OF_METHOD = 60;

  private static final Map<String, String> BANNED =
      Map.of(
          "Impl", "name what distinguishes it",
          "Util", "name the thing that the methods are about",
          "Helper", "name what it does",
          "Manager", "say what it owns or decides",
          "Base", "name what the types have in common");

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XXX)\\b");
  private static final Pattern REGISTRY =
      Pattern.compile("repo\\d?\\.(maven|apache)\\.|maven\\.org|npmjs|pypi\\.|plugins\\.gradle");
  private static final Pattern MACHINE =
      Pattern.compile("/(home|Users)/[a-z]|" + Pattern.quote(Path.of("").toAbsolutePath() + "/"));
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("^public .*\\b(class|interface|record|enum)\\s+\\w+");

  @Test
  void noFileIsLong() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : sources()) {
      int lines = Files.readAllLines(file).size();
      if (lines > LINES_OF_FILE) {
        found.add(file + " has " + lines + " lines; give a part of it a name of its own");
      }
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  /// From the line numbers in the compiled classes. Constructors are left out: the compiler puts
  /// the initial values of fields, wherever they stand, into them.
  @Test
  void noMethodIsLong() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : under("target/classes/net/khttpd", ".class")) {
      ClassModel type = ClassFile.of().parse(file);
      for (MethodModel method : type.methods()) {
        int lines = lines(method);
        if (lines > LINES_OF_METHOD) {
          found.add(name(file) + " " + method.methodName() + " has " + lines + " lines");
        }
      }
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  private static int lines(MethodModel method) {
    if (method.methodName().stringValue().startsWith("<")) {
      return 0;
    }
    IntSummaryStatistics numbers =
        method.code().stream()
            .flatMap(code -> code.elementStream())
            .filter(LineNumber.class::isInstance)
            .mapToInt(element -> ((LineNumber) element).line())
            .summaryStatistics();
    return numbers.getCount() == 0 ? 0 : numbers.getMax() - numbers.getMin() + 1;
  }

  @Test
  void noNameIsEmpty() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : sources()) {
      BANNED.forEach((word, instead) -> {
        if (name(file).matches(".*" + word + "(?![a-z]).*")) {
          found.add(file + ": no " + word + "; " + instead);
        }
      });
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  @Test
  void nothingIsLeftToDo() throws IOException {
    assertEquals(List.of(), linesWith(UNFINISHED, texts()));
  }

  @Test
  void noRegistryAndNoMachineIsNamed() throws IOException {
    assertEquals(List.of(), linesWith(REGISTRY, texts()));
    assertEquals(List.of(), linesWith(MACHINE, texts()));
  }

  @Test
  void everyPackageSaysWhatItIsFor() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : under("src/main/java", ".java")) {
      Path folder = file.getParent();
      if (folder != null && !file.endsWith("module-info.java")) {
        Path info = folder.resolve("package-info.java");
        if (!Files.exists(info) || !Files.readString(info).startsWith("///")) {
          found.add(folder.toString());
        }
      }
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  @Test
  void everyPublicTypeSaysWhatItIsFor() throws IOException {
    var found = new TreeSet<String>();
    for (Path file : under("src/main/java", ".java")) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (PUBLIC_TYPE.matcher(lines.get(i)).find() && !documented(lines, i)) {
          found.add(file + ":" + (i + 1));
        }
      }
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  private static boolean documented(List<String> lines, int type) {
    return lines.subList(0, type).stream().anyMatch(line -> line.startsWith("///"));
  }

  @Test
  void everyRelativeLinkLeadsSomewhere() throws IOException {
    Pattern link = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)[^)]*\\)");
    var found = new TreeSet<String>();
    for (Path page : pages()) {
      link.matcher(Files.readString(page))
          .results()
          .map(hit -> hit.group(1))
          .filter(to -> !Files.exists(page.resolveSibling(to)))
          .forEach(to -> found.add(page + " -> " + to));
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  @Test
  void everyClassThatAPageNamesExists() throws IOException {
    Pattern type = Pattern.compile("`([A-Z]\\w+Test)`");
    var names = new TreeSet<String>();
    sources().forEach(file -> names.add(name(file).replace(".java", "")));
    assertTrue(names.contains("TidyTest"));
    var found = new TreeSet<String>();
    for (Path page : pages()) {
      type.matcher(Files.readString(page))
          .results()
          .map(hit -> hit.group(1))
          .filter(word -> !names.contains(word))
          .forEach(word -> found.add(page + " names " + word));
    }
    assertEquals(List.of(), List.copyOf(found));
  }

  private static List<String> linesWith(Pattern pattern, List<Path> files) throws IOException {
    var found = new ArrayList<String>();
    for (Path file : files) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        if (pattern.matcher(lines.get(i)).find() && !name(file).equals("TidyTest.java")) {
          found.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    return found;
  }

  private static List<Path> sources() throws IOException {
    return under("src", ".java");
  }

  private static List<Path> pages() throws IOException {
    var pages = new ArrayList<>(under("docs", ".md"));
    for (String page : List.of("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
      pages.add(Path.of(page));
    }
    return pages;
  }

  private static List<Path> texts() throws IOException {
    var texts = new ArrayList<>(sources());
    texts.addAll(pages());
    texts.addAll(List.of(Path.of("khttpd"), Path.of("check"), Path.of("jdk.sh")));
    texts.add(Path.of("pom.xml"));
    return texts;
  }

  private static List<Path> under(String folder, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(folder))) {
      return files.filter(f -> f.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
