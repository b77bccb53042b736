package net.khttpd.corpus;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.khttpd.frontdoor.harness.Wire;

/// Answers each request as its case says, and keeps what it received. One virtual thread a
/// connection.
final class CorpusBackend implements AutoCloseable {
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Case> expected = new ConcurrentHashMap<>();
  private final Map<Integer, List<Message>> received = new ConcurrentHashMap<>();

  CorpusBackend() throws IOException {
    listener = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// The case will be sent, and be answered as it says.
  void expect(Case asked) {
    expected.put(asked.number(), asked);
  }

  void forget(Case asked) {
    expected.remove(asked.number());
  }

  /// What came for this case since the last time.
  List<Message> take(int number) {
    List<Message> taken = received.remove(number);
    return taken == null ? List.of() : taken;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        sockets.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      var in = new MessageReader(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      boolean closes = false;
      while (!closes) {
        Message request = in.request();
        if (request == null) {
          return;
        }
        closes = answer(request, out);
      }
    } catch (IOException gone) {
      // The client of that connection sees it.
      return;
    } finally {
      sockets.remove(socket);
    }
  }

  private boolean answer(Message request, OutputStream out) throws IOException {
    Case asked = expected.get(Integer.parseInt(request.all(Cases.NUMBER).getFirst()));
    if (asked == null) {
      throw new IOException("a case that nobody has sent");
    }
    received.compute(
        asked.number(),
        (_, before) -> {
          List<Message> all = before == null ? new ArrayList<>() : before;
          all.add(request);
          return all;
        });
    for (String interim : asked.interims()) {
      out.write(Wire.bytes(interim));
    }
    out.write(Wire.bytes(asked.answer()));
    return asked.closes();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
