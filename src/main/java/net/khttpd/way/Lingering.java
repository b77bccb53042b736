package net.khttpd.way;

import net.khttpd.client.Client;
import net.khttpd.client.State;
import net.khttpd.loop.Loop;

/// The end of a connection with unread input, which would turn our close into a reset that may
/// overtake the last answer: so our side is ended, and what comes for a moment is thrown away (RFC
/// 9112 §9.6).
final class Lingering {
  private static final long LONGEST_NANOS = 2_000_000_000L;
  private static final int MOST_BYTES = 256 * 1024;

  private Lingering() {}

  static void begin(Client client, Loop loop) {
    client.state = State.LINGERING;
    client.input.release();
    client.lingered = 0;
    loop.engine().shutdownSending(client);
    loop.schedule(client, LONGEST_NANOS);
    if (!client.receiving()) {
      loop.engine().receive(client);
    }
  }

  /// Throws away `length` bytes more; whether it shall close now.
  static boolean enough(Client client, int length) {
    client.lingered += length;
    return client.lingered > MOST_BYTES;
  }
}
