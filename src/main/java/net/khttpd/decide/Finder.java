package net.khttpd.decide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import net.khttpd.client.Counter;
import net.khttpd.client.Counters;
import net.khttpd.files.Entry;
import net.khttpd.files.PathKey;
import net.khttpd.files.View;
import net.khttpd.files.Waiter;
import net.khttpd.http.RequestHead;
import net.khttpd.http.RequestPath;
import net.khttpd.kernel.Memory;
import net.khttpd.loop.Loop;
import org.jspecify.annotations.Nullable;

/// What lies between the two judgements: finds what is known of a path, or has it looked up. Used
/// by one loop's thread.
final class Finder {
  /// Names tried, and look-ups awaited, for one request.
  static final int MAX_LOOKUPS = 16;

  /// Longest name that is put behind a path, or tried instead of one.
  private static final int NAME_BYTES = 512;

  private final Loop loop;
  private final Counters counters;
  private final long seed;
  private final Variants variants;
  private MemorySegment otherPath;
  private View files;
  private Policy policy;
  private @Nullable Entry found;
  private int lookups;
  private boolean hit;
  private MemorySegment asked = MemorySegment.NULL;
  private int askedLength;
  private int askedHash;

  /// @param seed of the path hashes, the same for all loops of a server, secret
  Finder(Loop loop, Counters counters, View files, Policy policy, int targetMax, long seed) {
    this.loop = loop;
    this.counters = counters;
    this.files = files;
    this.policy = policy;
    this.seed = seed;
    variants = new Variants(seed, targetMax + NAME_BYTES);
    otherPath = Memory.allocate(targetMax + NAME_BYTES);
  }

  /// Targets may be so long from now on.
  void grow(int targetMax) {
    Memory.free(otherPath);
    otherPath = Memory.allocate(targetMax + NAME_BYTES);
    variants.resize(targetMax + NAME_BYTES);
  }

  void free() {
    variants.close();
    Memory.free(otherPath);
  }

  /// A request is decided.
  ///
  /// @param brought what it has awaited, or null
  /// @param awaited how often it has
  void begin(View view, Policy rules, @Nullable Entry brought, int awaited) {
    files = view;
    policy = rules;
    found = brought != null && view.owns(brought) ? brought : null;
    lookups = awaited;
  }

  View files() {
    return files;
  }

  /// Whether the last path asked for was remembered.
  boolean hit() {
    return hit;
  }

  /// No more look-ups may be awaited: what is not known now is unavailable.
  boolean exhausted() {
    return lookups >= MAX_LOOKUPS;
  }

  /// What was awaited, if it is of this path.
  @Nullable Entry brought(MemorySegment bytes, int length) {
    Entry entry = found;
    return entry != null && names(entry, bytes, length) ? entry : null;
  }

  /// What is known of a path; null if the waiter waits for it now, or [#exhausted].
  @Nullable Entry entryOf(MemorySegment bytes, int length, int hash, Waiter waiter) {
    Entry entry =
        found == null
            ? files.fresh(bytes, 0, length, hash, loop.nanos())
            : files.again(bytes, 0, length, hash, loop.nanos());
    if (entry != null && entry != found && !files.unchanged(entry)) {
      entry = null; // a file to be sent by sendfile was rewritten since its last check
    }
    hit = entry != null && found == null;
    if (hit) {
      counters.increment(Counter.CACHE_HITS);
    }
    if (entry == null) {
      entry = brought(bytes, length);
    }
    asked = bytes;
    askedLength = length;
    askedHash = hash;
    if (entry == null && !exhausted()) {
      counters.increment(Counter.CACHE_MISSES);
      lookUp(waiter);
    }
    return entry;
  }

  /// Which representation of the file last asked for this request gets; null if the waiter waits
  /// for what lies beside it.
  Decision.@Nullable Serve chosen(RequestHead head, Decision.Serve file, Waiter waiter) {
    Siblings siblings = file.siblings();
    if (siblings == null) {
      return file;
    }
    boolean mayWait = brought(asked, askedLength) == null && !exhausted();
    Decision.Serve chosen =
        variants.choose(head, file, siblings, policy, files, loop.nanos(), mayWait);
    if (chosen == null) {
      lookUp(waiter);
    }
    return chosen;
  }

  private void lookUp(Waiter waiter) {
    List<PathKey> beside = variants.beside(asked, askedLength, policy);
    files.find(asked, 0, askedLength, askedHash, beside, waiter);
  }

  /// The same of a name behind the first octets of a path.
  @Nullable Entry entryOf(RequestPath path, int from, byte[] name, Waiter waiter) {
    int length = from + name.length;
    MemorySegment.copy(path.bytes(), 0, otherPath, 0, from);
    MemorySegment.copy(name, 0, otherPath, ValueLayout.JAVA_BYTE, from, name.length);
    int hash = RequestPath.hashOf(otherPath, 0, length, seed);
    return entryOf(otherPath, length, hash, waiter);
  }

  private static boolean names(Entry entry, MemorySegment bytes, int length) {
    byte[] name = entry.path();
    return name.length == length
        && MemorySegment.mismatch(MemorySegment.ofArray(name), 0, length, bytes, 0, length) < 0;
  }
}
