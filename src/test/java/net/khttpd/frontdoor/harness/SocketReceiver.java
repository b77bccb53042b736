package net.khttpd.frontdoor.harness;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import net.khttpd.kernel.DescriptorReceiver;
import net.khttpd.kernel.SocketAddress;
import net.khttpd.kernel.Sockets;
import net.khttpd.kernel.UnixCalls;

/// A daemon that takes sockets, as docs/passing-on.md describes it, and does what its script says.
/// A platform thread for each offer; `close` ends all.
public final class SocketReceiver implements AutoCloseable {
  private static final int POLL_MILLIS = 50;
  private static final int HEADER_BYTES = 48;

  /// What it does with an offer.
  @FunctionalInterface
  public interface Script {
    void receive(Offer offer) throws IOException;
  }

  /// Takes the socket, and answers each request on it with `receiver` and its request line.
  public static final Script ANSWERS =
      offer -> {
        if (offer.take()) {
          offer.serve();
        }
      };

  private final Path path;
  private final SocketAddress address;
  private final int listener;
  private final List<Offer> offers = new CopyOnWriteArrayList<>();
  private final LinkedBlockingQueue<Offer> arrived = new LinkedBlockingQueue<>();
  private final Script script;
  private final Thread accepting;
  private volatile boolean closed;

  /// @param backlog of its listening socket
  public SocketReceiver(Path path, int backlog, Script script) throws IOException {
    Files.deleteIfExists(path);
    this.path = path;
    this.script = script;
    address = SocketAddress.ofUnixPath(path.toString());
    var sockets = new Sockets();
    listener = sockets.socket(Sockets.AF_UNIX);
    check(sockets.bind(listener, address));
    check(sockets.listen(listener, backlog));
    sockets.free();
    accepting = Thread.ofPlatform().daemon().start(this::accept);
  }

  private static void check(int result) {
    if (result < 0) {
      throw new AssertionError("errno " + -result);
    }
  }

  /// The next offer, within the deadline.
  public Offer next() throws InterruptedException {
    Offer offer = arrived.poll(RawClient.DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    if (offer == null) {
      throw new AssertionError("nothing was offered");
    }
    return offer;
  }

  private void accept() {
    var sockets = new Sockets();
    var unix = new UnixCalls();
    while (!closed) {
      if (unix.poll(listener, UnixCalls.POLLIN, POLL_MILLIS) > 0) {
        int connection = sockets.accept(listener);
        if (connection >= 0) {
          Thread.ofPlatform().daemon().start(() -> run(connection));
        }
      }
    }
    sockets.close(listener);
    sockets.free();
  }

  private void run(int connection) {
    try (var offer = new Offer(connection)) {
      offers.add(offer);
      if (offer.read()) {
        arrived.add(offer);
        script.receive(offer);
      }
    } catch (IOException gone) {
      return; // the client went
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    try {
      accepting.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    offers.forEach(Offer::end);
    Files.deleteIfExists(path);
  }

  /// One offer, and the socket that was taken.
  public static final class Offer implements AutoCloseable {
    private final int connection;
    private final Sockets sockets = new Sockets();
    private final UnixCalls unix = new UnixCalls();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment room = arena.allocate(64 * 1024);
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int client = -1;
    private byte[] unread = {};
    private volatile boolean ended;
    private volatile byte answer;

    Offer(int connection) {
      this.connection = connection;
    }

    private ByteBuffer header() {
      return ByteBuffer.wrap(message.toByteArray(), 0, HEADER_BYTES);
    }

    public String magic() {
      return Wire.text(Arrays.copyOf(message.toByteArray(), 4));
    }

    public int version() {
      return header().get(4);
    }

    public int flags() {
      return header().get(5);
    }

    public int peerPort() {
      return header().getShort(12) & 0xffff;
    }

    public int localPort() {
      return header().getShort(14) & 0xffff;
    }

    public InetAddress peer() throws IOException {
      return InetAddress.getByAddress(Arrays.copyOfRange(message.toByteArray(), 16, 32));
    }

    public InetAddress local() throws IOException {
      return InetAddress.getByAddress(Arrays.copyOfRange(message.toByteArray(), 32, 48));
    }

    /// The bytes that came with the socket.
    public String alreadyRead() {
      byte[] all = message.toByteArray();
      return Wire.text(Arrays.copyOfRange(all, HEADER_BYTES, all.length));
    }

    /// What the offerer said at the end: `G`, or 0 if it closed without a word.
    public byte answer() {
      return answer;
    }

    private boolean read() {
      while (!whole()) {
        if (!await(connection)) {
          return false;
        }
        DescriptorReceiver.Message part = DescriptorReceiver.receive(connection);
        if (part.bytes().length == 0) {
          return false;
        }
        message.writeBytes(part.bytes());
        client = part.descriptor() >= 0 ? part.descriptor() : client;
      }
      byte[] all = message.toByteArray();
      unread = Arrays.copyOfRange(all, HEADER_BYTES, all.length);
      return client >= 0;
    }

    private boolean whole() {
      int length = message.size();
      return length >= HEADER_BYTES && length >= HEADER_BYTES + header().getInt(8);
    }

    /// Says that we take it; whether it is ours now.
    public boolean take() {
      say((byte) 'A');
      return isOurs();
    }

    public void say(byte octet) {
      room.set(JAVA_BYTE, 0, octet);
      int _ = sockets.send(connection, room, 0, 1, 0);
    }

    /// Waits for the offerer's word, or its end.
    public boolean isOurs() {
      if (await(connection) && sockets.receive(connection, room, 0, 1, 0) == 1) {
        answer = room.get(JAVA_BYTE, 0);
      }
      return answer == 'G';
    }

    /// Answers each request with `receiver` and its request line, until the client ends.
    public void serve() throws IOException {
      var have = new StringBuilder(Wire.text(unread));
      while (true) {
        int end = have.indexOf("\r\n\r\n");
        if (end >= 0) {
          String head = have.substring(0, end);
          have.delete(0, end + 4);
          String body = "receiver: " + head.lines().findFirst().orElse("");
          write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
          continue;
        }
        String more = readSocket();
        if (more.isEmpty()) {
          return;
        }
        have.append(more);
      }
    }

    /// What lies in the client's socket, or an empty text at its end.
    public String readSocket() {
      if (!await(client)) {
        return "";
      }
      int length = sockets.receive(client, room, 0, (int) room.byteSize(), 0);
      byte[] bytes = new byte[Math.max(length, 0)];
      MemorySegment.copy(room, JAVA_BYTE, 0, bytes, 0, bytes.length);
      return Wire.text(bytes);
    }

    private void write(String latin1) {
      byte[] bytes = Wire.bytes(latin1);
      MemorySegment.copy(bytes, 0, room, JAVA_BYTE, 0, bytes.length);
      int _ = sockets.send(client, room, 0, bytes.length, 0);
    }

    /// Waits for the offerer to end the connection, having taken nothing.
    public void awaitEnd() {
      boolean _ = isOurs();
    }

    private boolean await(int fd) {
      while (!ended) {
        if (unix.poll(fd, UnixCalls.POLLIN, POLL_MILLIS) != 0) {
          return true;
        }
      }
      return false;
    }

    void end() {
      ended = true;
    }

    @Override
    public void close() {
      sockets.close(connection);
      if (client >= 0) {
        sockets.close(client);
      }
    }
  }
}
