package net.khttpd.control;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// The controller's end of a control socket: a connection on which commands are asked one after the
/// other. Used by one thread.
///
/// By the JDK's channels, which a short-lived process has at hand; binding the first call of libc
/// costs it more than all the rest. How long an answer may take is the server's to bound; who waits
/// for it can interrupt.
final class ControlClient implements AutoCloseable {
  private final Path path;
  private final SocketChannel channel;
  private final BufferedReader in;
  private final BufferedWriter out;

  private ControlClient(Path path, SocketChannel channel) {
    this.path = path;
    this.channel = channel;
    in = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
    out = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
  }

  /// Connects.
  ///
  /// @param wanted where; null: where `khttpd run` binds by default
  /// @throws OperatorException if no server is there, or it is not one that we may trust
  static ControlClient connect(@Nullable Path wanted) throws OperatorException {
    Path path = (wanted == null ? ControlPath.byDefault() : wanted).toAbsolutePath();
    ControlPath.check(path);
    checkOwner(path, wanted == null);
    try {
      SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
      try {
        channel.connect(UnixDomainSocketAddress.of(path));
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return new ControlClient(path, channel);
    } catch (IOException e) {
      throw new OperatorException("--socket: " + path + ": " + why(e), e);
    }
  }

  /// Asks, and waits for the whole answer.
  ControlAnswer ask(ControlRequest request) throws OperatorException {
    try {
      send(request);
      return receive();
    } catch (EOFException e) {
      throw new OperatorException(
          "--socket: " + path + ": the server has ended before it answered", e);
    } catch (IOException e) {
      throw new OperatorException(
          "--socket: " + path + ": the server does not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      return; // nothing is left to be sent
    }
  }

  /// A directory for all may hold a socket of anybody: a controller tells no stranger what it
  /// wants.
  private static void checkOwner(Path path, boolean byDefault) throws OperatorException {
    try {
      int owner = ControlPath.ownerOf(path);
      int ourselves = ControlPath.ourselves();
      if (owner != 0 && owner != ourselves && ourselves != 0) {
        throw new OperatorException(
            "--socket: %s belongs to user %d, neither root nor ourselves".formatted(path, owner));
      }
    } catch (java.nio.file.AccessDeniedException e) {
      throw new OperatorException("--socket: " + path + ": " + why(e), e);
    } catch (IOException e) {
      String hint = byDefault ? "; --socket names another one" : "";
      throw new OperatorException(
          "--socket: " + path + ": there is no server: no such socket" + hint, e);
    }
  }

  private static String why(IOException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof java.nio.file.AccessDeniedException || message.contains("ermission denied")) {
      return "permission denied; only root and the user of the server may control it";
    }
    return message.contains("refused") ? "there is no server any more" : message;
  }

  /// A server that refuses us ends the connection perhaps before it has read all: its answer
  /// counts.
  private void send(ControlRequest request) {
    try {
      for (String line : request.text()) {
        out.write(line);
        out.write('\n');
      }
      out.flush();
    } catch (IOException e) {
      return; // the answer, or its absence, tells why
    }
  }

  private ControlAnswer receive() throws IOException {
    var told = new ArrayList<String>();
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ControlAnswer.Status status = ControlAnswer.Status.of(line);
      if (status != null) {
        return new ControlAnswer(List.copyOf(told), status);
      }
      if (!line.startsWith(" ") && !line.startsWith("!")) {
        throw new IOException("it is none of ours and says '" + line + "'");
      }
      told.add(line);
    }
    throw new EOFException();
  }
}
