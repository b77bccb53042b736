package net.khttpd.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import net.khttpd.kernel.Memory;
import org.junit.jupiter.api.Test;

/// The tables of a loop: who is behind a number, and whose memory is out.
final class SlotsTest {
  @Test
  void aTagOfAnEarlierGenerationFindsNobody() {
    var slots = new Slots();
    var random = new Random(7);
    Map<Long, Endpoint> live = new HashMap<>();
    var gone = new ArrayList<Long>();
    for (int i = 0; i < 50_000; i++) {
      if (live.size() < 500 && random.nextBoolean()) {
        var endpoint = new ScriptedEndpoint();
        slots.add(endpoint);
        long tag = slots.tag(endpoint);
        assertTrue(tag >>> 56 == 0 && live.put(tag, endpoint) == null);
      } else if (!live.isEmpty()) {
        var victim = live.entrySet().iterator().next();
        slots.remove(victim.getValue());
        gone.add(victim.getKey());
        live.remove(victim.getKey());
      }
    }
    assertEquals(live.size(), slots.live());
    live.forEach((tag, endpoint) -> assertSame(endpoint, slots.find(tag)));
    gone.forEach(tag -> assertNull(slots.find(tag)));
    assertNull(slots.find(0xFFFF_FFFFL));
    assertTrue(slots.used() <= 501, "slots are used again");
  }

  @Test
  void buffersAreAsLargeAsAskedAndCounted() {
    try (var buffers = new Buffers()) {
      var random = new Random(3);
      var out = new ArrayList<java.lang.foreign.MemorySegment>();
      long bytes = 0;
      for (int i = 0; i < 5_000; i++) {
        if (out.size() < 50 && random.nextBoolean()) {
          int size = random.nextInt(Buffers.LARGEST) + 1;
          var buffer = buffers.take(size);
          assertTrue(buffer.byteSize() >= size && buffer.byteSize() < Math.max(4097, 2L * size));
          out.add(buffer);
          bytes += buffer.byteSize();
        } else if (!out.isEmpty()) {
          var buffer = out.remove(random.nextInt(out.size()));
          bytes -= buffer.byteSize();
          buffers.giveBack(buffer);
        }
        assertEquals(bytes, buffers.bytesOut());
      }
      out.forEach(Memory::free);
      assertThrows(IllegalArgumentException.class, () -> buffers.take(Buffers.LARGEST + 1));
    }
  }
}
