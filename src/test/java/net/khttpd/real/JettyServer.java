package net.khttpd.real;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.core.server.WebSocketUpgradeHandler;

/// A real Jetty, embedded, by its own asynchronous API, with ForwardedRequestCustomizer.
final class JettyServer implements Application {
  private static final int THREADS = 32;

  private final Server server = new Server(new QueuedThreadPool(THREADS));
  private final ServerConnector connector;

  JettyServer() throws Exception {
    var configuration = new HttpConfiguration();
    configuration.addCustomizer(new ForwardedRequestCustomizer());
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    var sockets = new WebSocketUpgradeHandler();
    sockets.addMapping("/echo", (_, _, _) -> new JettyEcho());
    sockets.setHandler(new Paths());
    server.setHandler(sockets);
    server.start();
  }

  @Override
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /// All paths but that of the WebSocket.
  private static final class Paths extends Handler.Abstract {
    private final Queue<Response> listeners = new ConcurrentLinkedQueue<>();

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
      switch (request.getHttpURI().getPath()) {
        case "/async" ->
            Thread.ofVirtual().start(() -> Content.Sink.write(response, true, "async", callback));
        case "/chunks" -> chunks(request, response, callback);
        case "/digest" -> Content.Sink.write(response, true, digest(request), callback);
        case "/trailers" -> trailers(request, response, callback);
        case "/events" -> events(response);
        case "/publish" -> publish(Content.Source.asString(request, UTF_8), callback);
        case "/address" -> Content.Sink.write(response, true, address(request), callback);
        case "/item" -> item(request, response, callback);
        default -> Response.writeError(request, response, callback, 404);
      }
      return true;
    }

    private static String digest(Request request) throws IOException {
      return Application.digest(Content.Source.asInputStream(request));
    }

    private static String address(Request request) {
      return "%s %s %s"
          .formatted(
              Request.getRemoteAddr(request),
              request.getHttpURI().getScheme(),
              request.getHeaders().get(HttpHeader.HOST));
    }

    private static void chunks(Request request, Response response, Callback callback)
        throws IOException {
      String piece = "x".repeat(KILOBYTE);
      for (int left = Integer.parseInt(request.getHttpURI().getQuery()); left > 0; left--) {
        Content.Sink.write(response, false, UTF_8.encode(piece));
      }
      response.write(true, null, callback);
    }

    private static void trailers(Request request, Response response, Callback callback)
        throws IOException {
      String digest = digest(request);
      HttpFields trailers = request.getTrailers();
      String sum = trailers == null ? "none" : trailers.get("X-Sum");
      response.setTrailersSupplier(() -> HttpFields.build().put("X-Sum-Back", sum));
      Content.Sink.write(response, false, UTF_8.encode(digest)); // so that it is chunked
      response.write(true, null, callback);
    }

    private void events(Response response) throws IOException {
      response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream");
      listeners.add(response); // before the client can know of it
      Content.Sink.write(response, false, ByteBuffer.allocate(0));
    }

    private void publish(String event, Callback callback) {
      for (Response listener : listeners) {
        try {
          Content.Sink.write(listener, false, UTF_8.encode("data: " + event + "\n\n"));
        } catch (IOException gone) {
          listeners.remove(listener);
        }
      }
      callback.succeeded();
    }

    private static void item(Request request, Response response, Callback callback) {
      response.getHeaders().put(HttpHeader.ETAG, ITEM);
      if (ITEM.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
        response.setStatus(304);
        callback.succeeded();
      } else if ("bytes=0-3".equals(request.getHeaders().get(HttpHeader.RANGE))) {
        response.setStatus(206);
        response.getHeaders().put(HttpHeader.CONTENT_RANGE, "bytes 0-3/8");
        Content.Sink.write(response, true, "item", callback);
      } else {
        Content.Sink.write(response, true, "item one", callback);
      }
    }
  }
}
