package net.khttpd.files;

import org.jspecify.annotations.Nullable;

/// Who must leave first: S3-FIFO (Yang et al., SOSP 2023). Guarded by the [Room] it is of.
///
/// A newcomer is on probation, in a queue that is held to a tenth. If nobody has asked for it again
/// when it gets to the head, it leaves, and only its hash is remembered; else it is kept, in a
/// second queue that is a clock with a few chances. So what is asked for once, be it a million
/// files, passes through the tenth and drives out nobody who is asked for often.
final class Order {
  private static final int PROBATION_SHARE = 10;

  /// Enough to take every chance from everybody.
  private static final int STEPS = Entry.USES_MOST + 2;

  private final Chain probation = new Chain();
  private final Chain kept = new Chain();
  private final Ghosts ghosts;

  Order(int most) {
    ghosts = new Ghosts(most);
  }

  int size() {
    return probation.size() + kept.size();
  }

  long bodyBytes() {
    return probation.bodyBytes() + kept.bodyBytes();
  }

  /// @param proven whether it is a new version of one that was kept
  void enter(Entry entry, boolean proven) {
    boolean back = ghosts.recalls(entry.hash());
    (proven || back ? kept : probation).addLast(entry);
  }

  /// Whether the entry was found worth keeping.
  boolean keeps(Entry entry) {
    return entry.chain == kept;
  }

  boolean remove(Entry entry) {
    if (entry.chain == probation) {
      probation.remove(entry);
      return true;
    }
    if (entry.chain == kept) {
      kept.remove(entry);
      return true;
    }
    return false;
  }

  /// The entry that is to leave; null if there is none. A step takes a chance from somebody; loops
  /// may give chances as fast, so the steps are bounded.
  @Nullable Entry next() {
    for (int steps = STEPS * size(); steps > 0; steps--) {
      Entry newcomer = probation.first();
      if (newcomer != null && (probationIsFull() || kept.size() == 0)) {
        if (newcomer.uses == 0) {
          ghosts.left(newcomer.hash());
          return newcomer;
        }
        newcomer.uses = 0;
        probation.remove(newcomer);
        kept.addLast(newcomer);
      } else {
        Entry oldest = kept.first();
        if (oldest == null || oldest.uses == 0) {
          return oldest;
        }
        oldest.uses--;
        kept.remove(oldest);
        kept.addLast(oldest);
      }
    }
    Entry oldest = kept.first();
    return oldest == null ? probation.first() : oldest;
  }

  private boolean probationIsFull() {
    return probation.size() * (long) PROBATION_SHARE >= size()
        || probation.bodyBytes() * PROBATION_SHARE > bodyBytes();
  }
}
