package net.khttpd.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The endpoints of one loop by small integers, with generations: a completion or event that names
/// a slot of an earlier generation is about a socket that is gone.
final class Slots {
  private static final int GENERATION_MASK = 0xFFFFFF;

  private @Nullable Endpoint[] endpoints = new @Nullable Endpoint[64];
  private int[] generations = new int[64];
  private int[] free = new int[64];
  private int freeCount;
  private int used;
  private int live;

  void add(Endpoint endpoint) {
    int slot = freeCount > 0 ? free[--freeCount] : used++;
    if (slot == endpoints.length) {
      endpoints = Arrays.copyOf(endpoints, slot * 2);
      generations = Arrays.copyOf(generations, slot * 2);
      free = Arrays.copyOf(free, slot * 2);
    }
    endpoints[slot] = endpoint;
    endpoint.slot = slot;
    live++;
  }

  void remove(Endpoint endpoint) {
    int slot = endpoint.slot;
    endpoints[slot] = null;
    generations[slot]++;
    free[freeCount++] = slot;
    endpoint.slot = -1;
    live--;
  }

  /// 56 bits that name the endpoint in this generation: generation above 32 bits of slot.
  long tag(Endpoint endpoint) {
    return (long) (generations[endpoint.slot] & GENERATION_MASK) << 32 | endpoint.slot;
  }

  /// The endpoint that [#tag] named, or null if it is gone.
  @Nullable Endpoint find(long tag) {
    int slot = (int) tag;
    int generation = (int) (tag >>> 32) & GENERATION_MASK;
    if (slot < 0 || slot >= used || (generations[slot] & GENERATION_MASK) != generation) {
      return null;
    }
    return endpoints[slot];
  }

  int live() {
    return live;
  }

  /// Slots ever used.
  int used() {
    return used;
  }
}
