package net.khttpd.passon;

import net.khttpd.settings.*;

public final class Backends {
  public Backends(Settings s, net.khttpd.log.EventLog log) {}

  public void refuseOurselves(int port) throws OperatorException {}
}
