package net.khttpd.loop;

import java.util.ArrayDeque;

/// The last step of [Engine#detach], the same for both engines.
final class Leaving {
  private Leaving() {}

  /// Takes the endpoints that have come to rest out of the slots, and gives each its descriptor
  /// back. One that was closed in the meantime is not among those who leave.
  static void tell(ArrayDeque<Endpoint> leaving, Slots slots) {
    for (Endpoint gone = leaving.poll(); gone != null; gone = leaving.poll()) {
      if (!gone.closing) {
        slots.remove(gone);
        gone.closing = true; // to the engine and the loop it is as good as closed
        int descriptor = gone.fd;
        gone.fd = -1;
        gone.detached(descriptor);
      }
    }
  }
}
