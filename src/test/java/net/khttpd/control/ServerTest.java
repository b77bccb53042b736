package net.khttpd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerTest {
  @TempDir private Path root;

  private Settings settings(String engine) throws Exception {
    Draft draft = Draft.ofDefaults();
    for (String line :
        new String[] {
          "serverport=0", "clientport=0", "address=127.0.0.1", "threads=2", "engine=" + engine
        }) {
      draft.write(line);
    }
    draft.write("documentroot", root.toString());
    return draft.snapshot();
  }

  @ParameterizedTest
  @ValueSource(strings = {"io_uring", "epoll"})
  void aFreePortIsKeptOverStopAndStartAndRefusedInBetween(String engine) throws Exception {
    try (EventLog log = EventLog.toStderr();
        Server server = new Server(settings(engine), log)) {
      int port = portOf(server.start());
      for (int i = 0; i < 20; i++) {
        server.stop();
        assertEquals(Server.State.IDLE, server.state());
        assertThrows(
            ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port));
        assertEquals(port, portOf(server.start()));
        new Socket(InetAddress.getLoopbackAddress(), port).close();
      }
    }
  }

  @Test
  void aStartOfARunningServerSaysTheSame() throws Exception {
    try (EventLog log = EventLog.toStderr();
        Server server = new Server(settings("epoll"), log)) {
      assertEquals(server.start(), server.start());
    }
  }

  private static int portOf(String ready) {
    return URI.create(ready.split(" ", 2)[0]).getPort();
  }
}
