package net.khttpd.corpus;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;
import org.jspecify.annotations.Nullable;

/// Sends cases, on one connection for as long as the server keeps it. Used by one thread.
final class CorpusClient implements AutoCloseable {
  private final int port;
  private @Nullable Socket socket;
  private @Nullable MessageReader in;

  CorpusClient(int port) {
    this.port = port;
  }

  /// All answers to the case; the last of them is the final one.
  List<Message> ask(Case sent) throws IOException {
    Socket open = socket;
    MessageReader reader = in;
    if (open == null || reader == null) {
      open = new Socket(InetAddress.getLoopbackAddress(), port);
      open.setTcpNoDelay(true);
      open.setSoTimeout(RawClient.DEADLINE_MILLIS);
      reader = new MessageReader(open.getInputStream());
      socket = open;
      in = reader;
    }
    for (String piece : sent.request()) {
      open.getOutputStream().write(Wire.bytes(piece));
    }
    var answers = new ArrayList<Message>();
    Message last = reader.head();
    while (last.status() < 200) {
      answers.add(last);
      last = reader.head();
    }
    last = reader.answer(last, sent.method().equals("HEAD"));
    answers.add(last);
    if (!persists(sent, last)) {
      close();
    }
    return answers;
  }

  /// RFC 9112 §9.3, for a client that asked for no end.
  private static boolean persists(Case sent, Message answer) {
    boolean bare = sent.method().equals("HEAD") || answer.status() == 204 || answer.status() == 304;
    boolean ended = bare || answer.chunked() || answer.has("Content-Length");
    boolean keeps =
        answer.start().startsWith("HTTP/1.1") && sent.minorVersion() == 1
            ? !answer.lists("Connection", "close")
            : answer.lists("Connection", "keep-alive");
    return ended && keeps && answer.complete();
  }

  @Override
  public void close() throws IOException {
    Socket open = socket;
    if (open != null) {
      open.close();
    }
    socket = null;
    in = null;
  }
}
