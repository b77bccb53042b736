package net.khttpd.decide;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.khttpd.files.Entry;
import net.khttpd.files.Facts;
import net.khttpd.files.PathKey;
import net.khttpd.files.View;
import net.khttpd.http.AcceptEncoding;
import net.khttpd.http.ContentCoding;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.kernel.Memory;
import org.jspecify.annotations.Nullable;

/// Which representation of a file a request gets: the file itself, or a variant that lies
/// compressed beside it (RFC 9110 §12). Used by one loop.
///
/// That variants exist at all is remembered with the file for a second ([Siblings]); a file without
/// any costs a look at that. A variant is a file like any other, with an entry and a freshness of
/// its own; it is taken if no rule objects to it and it is not older than the original.
final class Variants {
  /// How long it holds which variants there are: the promise of freshness.
  private static final long CHECK_NANOS = 1_000_000_000L;

  /// Tools that copy a time may cut its fraction.
  private static final int SLACK_SECONDS = 1;

  private static final int LONGEST_SUFFIX = 4;

  private final long seed;
  private final AcceptEncoding accepted = new AcceptEncoding();
  private MemorySegment path = MemorySegment.NULL;
  private byte[] name = {};

  Variants(long seed, int longestPath) {
    this.seed = seed;
    resize(longestPath);
  }

  /// Makes room for files whose paths have so many bytes.
  void resize(int longestPath) {
    close();
    int bytes = longestPath + LONGEST_SUFFIX;
    path = Memory.allocate(bytes);
    name = new byte[bytes];
  }

  void close() {
    if (path.byteSize() > 0) {
      Memory.free(path);
      path = MemorySegment.NULL;
    }
  }

  /// The answer for this request, or null: something of the variants must be looked up first.
  ///
  /// @param mayWait false: it has been looked up, and what is not known now does not exist for this
  ///   request
  Decision.@Nullable Serve choose(
      RequestHead head,
      Decision.Serve file,
      Siblings siblings,
      Policy policy,
      View view,
      long nowNanos,
      boolean mayWait) {
    Siblings.Known known = siblings.known();
    if (known == null || nowNanos - known.checkedNanos() > CHECK_NANOS || !mayWait) {
      known = look(file, siblings, policy, view, nowNanos, mayWait);
      if (known == null) {
        return null;
      }
    }
    Decision.Serve varying = known.varying();
    if (known.present() == 0 || varying == null) {
      return file;
    }
    long meaning = accepted.read(head);
    int candidates = known.present();
    ContentCoding coding = AcceptEncoding.best(meaning, candidates, policy.codings());
    while (coding != null) {
      Entry entry = fresh(place(file.entry(), coding), view, nowNanos);
      if (entry == null && mayWait) {
        return null;
      }
      Decision.Serve variant = entry == null ? null : usable(entry, file.entry());
      if (variant != null) {
        return variant;
      }
      candidates &= ~coding.bit();
      coding = AcceptEncoding.best(meaning, candidates, policy.codings());
    }
    return varying;
  }

  /// The paths of the variants of a path, to be looked up together with it.
  List<PathKey> beside(MemorySegment of, int length, Policy policy) {
    ContentCoding[] codings = policy.codings();
    if (codings.length == 0 || length + LONGEST_SUFFIX > name.length) {
      return List.of();
    }
    MemorySegment.copy(of, JAVA_BYTE, 0, name, 0, length);
    if (isVariant(length, codings)) {
      return List.of();
    }
    var beside = new ArrayList<PathKey>(codings.length);
    for (ContentCoding coding : codings) {
      int end = place(length, coding);
      int hash = RequestPath.hashOf(path, 0, end, seed);
      beside.add(new PathKey(Arrays.copyOf(name, end), hash));
    }
    return beside;
  }

  private boolean isVariant(int length, ContentCoding[] codings) {
    for (ContentCoding coding : codings) {
      if (Preparation.stemOf(name, length, coding) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Which variants there are now; null if the kernel cannot tell without waiting.
  private Siblings.@Nullable Known look(
      Decision.Serve file,
      Siblings siblings,
      Policy policy,
      View view,
      long nowNanos,
      boolean mayWait) {
    int present = 0;
    for (ContentCoding coding : policy.codings()) {
      int length = place(file.entry(), coding);
      Entry entry = fresh(length, view, nowNanos);
      if (entry != null) {
        present |= usable(entry, file.entry()) == null ? 0 : coding.bit();
      } else if (mayWait && !view.absent(file.entry(), name, length)) {
        return null;
      }
    }
    Siblings.Known before = siblings.known();
    Decision.Serve varying = before == null ? null : before.varying();
    if (present != 0 && varying == null) {
      varying = Heads.varying(file);
    }
    var known = new Siblings.Known(nowNanos, present, varying);
    siblings.know(known);
    return known;
  }

  /// The entry of the path that was placed, if it is known and holds.
  private @Nullable Entry fresh(int length, View view, long nowNanos) {
    int hash = RequestPath.hashOf(path, 0, length, seed);
    Entry entry = view.fresh(path, 0, length, hash, nowNanos);
    return entry != null && view.unchanged(entry) ? entry : null;
  }

  private static Decision.@Nullable Serve usable(Entry entry, Entry original) {
    return entry.decision() instanceof Decision.AlsoVariant also
            && notOlder(entry.facts(), original.facts())
        ? also.variant()
        : null;
  }

  private static boolean notOlder(Facts variant, Facts original) {
    long ahead = variant.mtimeSeconds() + SLACK_SECONDS - original.mtimeSeconds();
    return ahead > 0 || (ahead == 0 && variant.mtimeNanos() >= original.mtimeNanos());
  }

  /// Writes the path of a file's variant down, for both ways of looking it up; returns its length.
  private int place(Entry file, ContentCoding coding) {
    byte[] stem = file.path();
    System.arraycopy(stem, 0, name, 0, stem.length);
    return place(stem.length, coding);
  }

  private int place(int stem, ContentCoding coding) {
    String suffix = coding.suffix();
    int length = stem + suffix.length();
    for (int i = 0; i < suffix.length(); i++) {
      name[stem + i] = (byte) suffix.charAt(i);
    }
    MemorySegment.copy(name, 0, path, JAVA_BYTE, 0, length);
    return length;
  }
}
