package net.khttpd;

import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.STATIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The floors of ARCHITECTURE.md: who may use whom. Reads the compiled classes.
final class ArchitectureTest {
  private static final String OURS = "net.khttpd.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(Path.of("target/classes"));

  @ParameterizedTest
  @CsvSource({
    "kernel, ''",
    "http, ''",
    "log, ''",
    "demo, ''",
    "settings, log",
    "loop, kernel",
    "files, kernel",
    "client, files http kernel loop",
    "accept, client kernel log loop",
    "send, client files http kernel loop",
    "refuse, http send",
    "listing, http",
    "decide, client files http kernel listing loop send settings",
    "passon, client http kernel log loop settings",
    "statistics, client decide files http log passon",
    "metrics, client http log passon settings statistics",
    "mount, kernel log settings",
    "top, settings",
    "precompress, http settings",
    "handover, client http kernel log loop settings",
    "way, accept client decide files handover http kernel log loop passon refuse send settings statistics",
  })
  void aPackageUsesOnlyTheFloorsBeneathIt(String name, String allowed) {
    Set<String> used = uses().getOrDefault(name, Set.of());
    var beyond = new TreeSet<>(used);
    beyond.removeAll(List.of(allowed.split(" ")));
    assertEquals(Set.of(), beyond, name + " uses what ARCHITECTURE.md does not allow it");
  }

  @Test
  void noPackagesUseEachOther() {
    Map<String, Set<String>> left = uses();
    boolean removed = true;
    while (removed) {
      var names = Set.copyOf(left.keySet());
      removed = left.values().removeIf(used -> used.stream().noneMatch(names::contains));
    }
    assertEquals(Set.of(), left.keySet(), "packages in a cycle, or above one");
  }

  @Test
  void onlyTheKernelFloorTouchesNativeMemoryAndCode() {
    var found = new TreeSet<String>();
    for (JavaClass type : CLASSES) {
      type.getAccessesFromSelf().stream()
          .filter(a -> reachesNative(a.getTargetOwner().getName(), a.getName()))
          .filter(_ -> !packageOf(type).equals("kernel"))
          .forEach(a -> found.add(a.getDescription()));
    }
    assertEquals(Set.of(), found);
  }

  private static boolean reachesNative(String owner, String member) {
    return owner.equals("java.lang.foreign.Linker")
        || owner.equals("java.lang.foreign.SymbolLookup")
        || owner.equals("java.lang.foreign.Arena")
        || (owner.equals("java.lang.foreign.MemorySegment") && member.equals("reinterpret"));
  }

  @Test
  void httpUsesJavaBaseOnly() {
    var found = new TreeSet<String>();
    for (JavaClass type : CLASSES) {
      if (packageOf(type).equals("http")) {
        type.getDirectDependenciesFromSelf().stream()
            .map(d -> d.getTargetClass().getBaseComponentType().getName())
            .filter(name -> name.contains(".") && !name.startsWith(OURS + "http."))
            .filter(name -> !name.startsWith("java.") && !name.startsWith("org.jspecify."))
            .forEach(found::add);
      }
    }
    assertEquals(Set.of(), found);
  }

  /// Several servers live in one JVM: what changes belongs to one of them.
  @Test
  void noStaticFieldChanges() {
    var found = new TreeSet<String>();
    for (JavaClass type : CLASSES) {
      for (JavaField field : type.getFields()) {
        Set<?> modifiers = field.getModifiers();
        if (modifiers.contains(STATIC) && !modifiers.contains(FINAL) && !isOfCompiler(field)) {
          found.add(field.getFullName());
        }
      }
    }
    assertEquals(Set.of(), found);
  }

  private static boolean isOfCompiler(JavaField field) {
    return field.getName().contains("$");
  }

  @Test
  void thereAreClassesToLookAt() {
    assertFalse(uses().isEmpty());
  }

  /// For each of our packages those of ours that it uses.
  private static Map<String, Set<String>> uses() {
    var uses = new TreeMap<String, Set<String>>();
    for (JavaClass type : CLASSES) {
      String from = packageOf(type);
      if (from.isEmpty()) {
        continue;
      }
      Set<String> used = uses.computeIfAbsent(from, _ -> new TreeSet<>());
      type.getDirectDependenciesFromSelf().stream()
          .map(d -> packageOf(d.getTargetClass().getBaseComponentType()))
          .filter(to -> !to.isEmpty() && !to.equals(from))
          .forEach(used::add);
    }
    return uses;
  }

  /// The last word of one of our packages, else empty.
  private static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.startsWith(OURS) ? name.substring(OURS.length()) : "";
  }
}
