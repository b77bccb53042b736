package net.khttpd.precompress;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.http.ContentCoding;

/// Looks at a whole tree: which variants are missing or outdated, which have no original, what a
/// run that died has left. Follows no link. Used by one thread.
final class Tree extends SimpleFileVisitor<Path> {
  private final Options options;
  private final Totals totals;
  private final Selection selection = new Selection();
  private final List<Variant> wanted = new ArrayList<>();

  Tree(Options options, Totals totals) {
    this.options = options;
    this.totals = totals;
  }

  /// What is to be made.
  List<Variant> wanted() throws IOException {
    Files.walkFileTree(options.root(), this);
    return wanted;
  }

  @Override
  public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes facts) {
    boolean enter = directory.equals(options.root()) || Selection.entered(name(directory));
    return enter ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
  }

  @Override
  public FileVisitResult visitFile(Path file, BasicFileAttributes facts) {
    try {
      look(file, facts);
    } catch (IOException e) {
      totals.failed(file, e);
    }
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult visitFileFailed(Path file, IOException why) {
    totals.failed(file, why);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public FileVisitResult postVisitDirectory(
      Path directory, @org.jspecify.annotations.Nullable IOException why) {
    if (why != null) {
      totals.failed(directory, why);
    }
    return FileVisitResult.CONTINUE;
  }

  private void look(Path file, BasicFileAttributes facts) throws IOException {
    String name = name(file);
    if (!facts.isRegularFile()) {
      return;
    }
    ContentCoding coding = Selection.codingOf(name);
    if (!options.dryRun() && Temporary.isStale(file)) {
      Files.deleteIfExists(file);
      totals.removedStale();
    } else if (coding != null) {
      lookAtVariant(file, name, coding);
    } else if (facts.size() >= options.minBytes() && selection.takes(name)) {
      totals.looked();
      for (ContentCoding wish : options.codings()) {
        lookFor(file, facts, wish);
      }
    }
  }

  private void lookAtVariant(Path file, String name, ContentCoding coding) {
    String stem = name.substring(0, name.length() - coding.suffix().length());
    boolean alone = !Files.exists(file.resolveSibling(stem), LinkOption.NOFOLLOW_LINKS);
    if (alone && selection.takes(stem)) {
      totals.orphan(file);
    }
  }

  private void lookFor(Path original, BasicFileAttributes facts, ContentCoding coding)
      throws IOException {
    Path path = original.resolveSibling(name(original) + coding.suffix());
    boolean newer = false;
    try {
      var there = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!there.isRegularFile()) {
        throw new IOException("it is no regular file, and not of our making");
      }
      int age = there.lastModifiedTime().compareTo(facts.lastModifiedTime());
      if (age == 0 && there.size() > 0) {
        totals.upToDate();
        return;
      }
      newer = age > 0;
    } catch (NoSuchFileException missing) {
      newer = false;
    } catch (IOException e) {
      totals.failed(path, e);
      return;
    }
    wanted.add(new Variant(original, coding, facts.size(), facts.lastModifiedTime(), newer));
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
