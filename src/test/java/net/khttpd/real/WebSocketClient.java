package net.khttpd.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import net.khttpd.frontdoor.harness.RawClient;
import net.khttpd.frontdoor.harness.Wire;

/// The client's end of a WebSocket (RFC 6455), frame by frame. Used by one thread.
final class WebSocketClient implements AutoCloseable {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final Socket socket;
  private final DataInputStream in;

  /// What the server's pongs held.
  final List<String> pongs = new ArrayList<>();

  /// One frame of the server.
  record Frame(int opcode, boolean last, byte[] payload) {
    String text() {
      return new String(payload, UTF_8);
    }

    /// The code in a close frame.
    int code() {
      return ByteBuffer.wrap(payload).getShort() & 0xffff;
    }
  }

  /// Opens it; fails if the server does not switch, or switches to something else.
  WebSocketClient(int port, String path) throws Exception {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(RawClient.DEADLINE_MILLIS);
    in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    socket
        .getOutputStream()
        .write(
            Wire.bytes(
                Wire.get(
                    path,
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: " + KEY)));
    String head = head();
    assertTrue(head.startsWith("HTTP/1.1 101 "), head);
    String lower = head.toLowerCase(java.util.Locale.ROOT);
    assertTrue(lower.contains("upgrade: websocket\r\n"), head);
    assertTrue(lower.contains("connection: upgrade\r\n"), head);
    byte[] hash = MessageDigest.getInstance("SHA-1").digest((KEY + MAGIC).getBytes(UTF_8));
    assertTrue(head.contains(Base64.getEncoder().encodeToString(hash)), head);
  }

  private String head() throws IOException {
    var head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.readUnsignedByte());
    }
    return head.toString();
  }

  WebSocketClient text(String message) throws IOException {
    return send(TEXT, true, message.getBytes(UTF_8));
  }

  WebSocketClient send(int opcode, boolean last, byte[] payload) throws IOException {
    var frame = new ByteArrayOutputStream();
    frame.write((last ? 0x80 : 0) | opcode);
    if (payload.length < 126) {
      frame.write(0x80 | payload.length);
    } else if (payload.length < 65_536) {
      frame.write(0x80 | 126);
      frame.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
    } else {
      frame.write(0x80 | 127);
      frame.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    frame.writeBytes(MASK);
    byte[] masked = payload.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= MASK[i % MASK.length];
    }
    frame.writeBytes(masked);
    socket.getOutputStream().write(frame.toByteArray());
    return this;
  }

  Frame frame() throws IOException {
    int first = in.readUnsignedByte();
    long length = in.readUnsignedByte();
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    return new Frame(first & 0x0f, (first & 0x80) != 0, payload);
  }

  /// The next message of data, whose frames may have pongs between them.
  byte[] message() throws IOException {
    var message = new ByteArrayOutputStream();
    for (boolean more = true; more; ) {
      Frame frame = frame();
      if (frame.opcode() <= BINARY) {
        message.writeBytes(frame.payload());
        more = !frame.last();
      } else {
        assertEquals(PONG, frame.opcode(), "instead of a message");
        pongs.add(frame.text());
      }
    }
    return message.toByteArray();
  }

  /// Says a code, and waits for the server's answer and the end of the connection.
  void leave(int code) throws IOException {
    send(CLOSE, true, ByteBuffer.allocate(2).putShort((short) code).array());
    Frame answer = frame();
    assertEquals(CLOSE, answer.opcode());
    assertEquals(code, answer.code());
    assertEquals(-1, in.read(), "more after the close");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
