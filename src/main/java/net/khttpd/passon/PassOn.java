package net.khttpd.passon;

import net.khttpd.client.*;
import net.khttpd.http.RequestHead;
import net.khttpd.loop.*;
import net.khttpd.settings.Settings;

public final class PassOn {
  private final Connections connections;

  public PassOn(
      Loop loop,
      Buffers buffers,
      Settings settings,
      Backends backends,
      Connections connections,
      Counters counters) {
    this.connections = connections;
  }

  public void begin(Client client, RequestHead head) {
    client.state = State.PASSED_ON;
    connections.exchangeRefused(client, 502, false);
  }

  public void close() {}
}
