import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import java.io.File;
import java.nio.charset.StandardCharsets;

/**
 * Takes sockets that kHTTPd hands over (handover=unix:PATH) and answers on them with Netty. The
 * protocol is in docs/passing-on.md, "Handing over the socket".
 */
public final class Receiver {
  public static void main(String[] args) throws Exception {
    var path = new File(args[0]);
    path.delete();
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory());
    new ServerBootstrap()
        .group(loops)
        .channel(EpollServerDomainSocketChannel.class)
        .childHandler(
            new ChannelInitializer<EpollDomainSocketChannel>() {
              @Override
              protected void initChannel(EpollDomainSocketChannel offer) {
                // The descriptor comes with the first byte, and Netty takes that for its own.
                offer.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
                offer.pipeline().addLast(new Offer());
              }
            })
        .bind(new DomainSocketAddress(path))
        .sync();
  }

  /** One offer: descriptor, header and bytes; our A; their G, or the end. */
  private static final class Offer extends ChannelInboundHandlerAdapter {
    private static final int HEADER = 48;
    private static final int LENGTH_AT = 8;

    private final ByteBuf message = Unpooled.buffer().writeByte('k');
    private FileDescriptor client;
    private boolean said;

    @Override
    public void channelRead(ChannelHandlerContext offer, Object read) {
      if (read instanceof FileDescriptor descriptor) {
        client = descriptor;
        ((EpollDomainSocketChannel) offer.channel())
            .config()
            .setReadMode(DomainSocketReadMode.BYTES);
        return;
      }
      var bytes = (ByteBuf) read;
      try {
        if (said) {
          if (bytes.readByte() == 'G') {
            begin(offer);
          }
          offer.close();
          return;
        }
        message.writeBytes(bytes);
        if (message.readableBytes() >= HEADER
            && message.readableBytes() - HEADER >= message.getInt(LENGTH_AT)) {
          said = true;
          offer.writeAndFlush(Unpooled.buffer().writeByte('A'));
        }
      } finally {
        bytes.release();
      }
    }

    /** It is ours: a channel like any other, with what was already read as its first bytes. */
    private void begin(ChannelHandlerContext offer) {
      Channel channel = new EpollSocketChannel(client.intValue());
      client = null;
      channel.pipeline().addLast(new Application()); // or HttpServerCodec, and so on
      ByteBuf unread = message.skipBytes(HEADER).retain();
      offer
          .channel()
          .eventLoop()
          .parent()
          .register(channel)
          .addListener(
              done -> {
                if (unread.isReadable()) {
                  channel.pipeline().fireChannelRead(unread).fireChannelReadComplete();
                } else {
                  unread.release();
                }
              });
    }

    /** Taken back, or over: our descriptor goes, the socket is not touched. */
    @Override
    public void channelInactive(ChannelHandlerContext offer) throws Exception {
      message.release();
      if (client != null) {
        client.close();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext offer, Throwable cause) {
      offer.close();
    }
  }

  /** Answers each request with its first line. */
  private static final class Application extends ChannelInboundHandlerAdapter {
    private final StringBuilder have = new StringBuilder();

    @Override
    public void channelRead(ChannelHandlerContext client, Object read) {
      var bytes = (ByteBuf) read;
      have.append(bytes.toString(StandardCharsets.ISO_8859_1));
      bytes.release();
      for (int end = have.indexOf("\r\n\r\n"); end >= 0; end = have.indexOf("\r\n\r\n")) {
        String body = "netty: " + have.substring(0, have.indexOf("\r\n")) + "\n";
        have.delete(0, end + 4);
        String answer =
            "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        client.write(Unpooled.copiedBuffer(answer, StandardCharsets.ISO_8859_1));
      }
      client.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext client, Throwable cause) {
      client.close();
    }
  }
}
