package net.khttpd.precompress;

import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Arrays;
import java.util.Objects;

/// Makes one variant. Used by one worker.
final class Making implements Runnable {
  private static final int BUFFER_BYTES = 64 * 1024;

  /// What shrinks by less than a tenth is not worth a second file.
  private static final double WORTH = 0.9;

  private final Variant variant;
  private final boolean dryRun;
  private final Temporary temporary;
  private final Totals totals;

  Making(Variant variant, boolean dryRun, Temporary temporary, Totals totals) {
    this.variant = variant;
    this.dryRun = dryRun;
    this.temporary = temporary;
    this.totals = totals;
  }

  @Override
  public void run() {
    try {
      if (variant.mayBeGood() && holdsTheSame()) {
        totals.upToDate();
      } else if (dryRun) {
        long length = compress(OutputStream.nullOutputStream());
        if (judge(length)) {
          totals.made(variant, length);
        }
      } else {
        make();
      }
    } catch (IOException | RuntimeException | Error e) {
      totals.failed(variant.path(), e); // a codec's fault spoils this variant, and the exit code
    } finally {
      totals.done(variant);
    }
  }

  private void make() throws IOException {
    Path path = temporary.nameFor(variant.path());
    try {
      long length;
      try (FileChannel channel = temporary.begin(path)) {
        length = compress(Channels.newOutputStream(channel));
      }
      if (judge(length)) {
        dress(path);
        Files.move(path, variant.path(), StandardCopyOption.ATOMIC_MOVE);
        totals.made(variant, length);
      }
    } finally {
      temporary.end(path);
    }
  }

  /// Whether so many bytes are worth it; it is counted if not.
  private boolean judge(long length) throws IOException {
    if (!unchanged()) {
      throw new IOException("the original changed meanwhile; run again");
    }
    boolean worthIt = length <= variant.size() * WORTH;
    if (!worthIt) {
      totals.notWorthIt();
    }
    return worthIt;
  }

  private long compress(OutputStream out) throws IOException {
    var counted = new Counting(out);
    try (InputStream in = original();
        OutputStream compressed = Compression.into(variant.coding(), counted, variant.size())) {
      in.transferTo(compressed);
    }
    return counted.count;
  }

  private InputStream original() throws IOException {
    return Files.newInputStream(
        variant.original(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
  }

  private boolean unchanged() throws IOException {
    var now =
        Files.readAttributes(
            variant.original(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return now.isRegularFile()
        && now.size() == variant.size()
        && now.lastModifiedTime().equals(variant.modified());
  }

  /// Who may read it and when it was modified: as the original. Whoever may write into the
  /// directory may have put a link in its place meanwhile, to a file that root owns.
  void dress(Path path) throws IOException {
    var original =
        Files.readAttributes(
            variant.original(), PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path directory = Objects.requireNonNull(path.getParent(), "it lies beside its original");
    try (var here = Files.newDirectoryStream(directory)) {
      if (!(here instanceof SecureDirectoryStream<Path> secure)) {
        throw new IOException("nothing here can be changed without following links");
      }
      dress(
          secure.getFileAttributeView(
              path.getFileName(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS),
          original);
    }
  }

  /// The view opens the file without following links; that of a whole path does not.
  private void dress(PosixFileAttributeView view, PosixFileAttributes original) throws IOException {
    give(view, original);
    view.setPermissions(original.permissions()); // chown(2) takes some of them away
    view.setTimes(variant.modified(), null, null);
  }

  private static void give(PosixFileAttributeView view, PosixFileAttributes original) {
    try {
      view.setGroup(original.group());
      view.setOwner(original.owner());
    } catch (IOException notOurs) {
      return; // only root gives files away
    }
  }

  /// Whether the variant that is there, newer than the original, has its content.
  private boolean holdsTheSame() throws IOException {
    byte[] one = new byte[BUFFER_BYTES];
    byte[] other = new byte[BUFFER_BYTES];
    try (InputStream expected = original();
        InputStream coded =
            new BufferedInputStream(
                Files.newInputStream(
                    variant.path(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        InputStream found = Compression.from(variant.coding(), coded)) {
      int read;
      do {
        read = expected.readNBytes(one, 0, one.length);
        int same = found.readNBytes(other, 0, other.length);
        if (read != same || !Arrays.equals(one, 0, read, other, 0, read)) {
          return false;
        }
      } while (read > 0);
      return true;
    } catch (IOException | RuntimeException broken) {
      return false; // made anew; if it was the original, that fails
    }
  }

  /// Counts what goes through.
  private static final class Counting extends FilterOutputStream {
    private long count;

    Counting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int octet) throws IOException {
      out.write(octet);
      count++;
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
      count += length;
    }
  }
}
