package net.khttpd.real;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.RemoteIpValve;
import org.apache.tomcat.util.modeler.Registry;
import org.apache.tomcat.websocket.server.WsSci;

/// A real Tomcat, embedded, with servlets and with RemoteIpValve as an operator would set it.
final class TomcatServer implements Application {
  private static final int TRAILERS_MAX = 8_192;

  private final Tomcat tomcat = new Tomcat();

  TomcatServer(Path top) throws Exception {
    tomcat.setSilent(true);
    Registry.disableRegistry();
    tomcat.setBaseDir("" + Files.createTempDirectory(top, "tomcat"));
    tomcat.setPort(0);
    var connector = tomcat.getConnector();
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("allowedTrailerHeaders", "x-sum");
    connector.setProperty("maxTrailerSize", "" + TRAILERS_MAX);
    connector.setProperty("keepAliveTimeout", "5000");
    connector.setProperty("maxSwallowSize", "-1");
    Context context = tomcat.addContext("", null);
    context.getPipeline().addValve(new RemoteIpValve());
    context.addServletContainerInitializer(new WsSci(), null);
    var servlet = Tomcat.addServlet(context, "app", new Servlet());
    servlet.setAsyncSupported(true);
    servlet.addMapping("/");
    tomcat.start();
    var container =
        (ServerContainer) context.getServletContext().getAttribute(ServerContainer.class.getName());
    container.setDefaultMaxTextMessageBufferSize(1 << 21);
    container.setDefaultMaxBinaryMessageBufferSize(1 << 21);
    container.addEndpoint(TomcatEcho.class);
  }

  @Override
  public int port() {
    return tomcat.getConnector().getLocalPort();
  }

  @Override
  public void close() throws IOException {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IOException(e);
    }
  }

  /// All paths but that of the WebSocket.
  private static final class Servlet extends HttpServlet {
    private final transient Queue<AsyncContext> listeners = new ConcurrentLinkedQueue<>();

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      switch (request.getRequestURI()) {
        case "/async" -> async(request);
        case "/chunks" -> chunks(request, response);
        case "/digest" -> response.getWriter().print(Application.digest(request.getInputStream()));
        case "/trailers" -> trailers(request, response);
        case "/events" -> events(request, response);
        case "/publish" -> publish(new String(request.getInputStream().readAllBytes(), UTF_8));
        case "/address" ->
            response
                .getWriter()
                .print(
                    "%s %s %s"
                        .formatted(
                            request.getRemoteAddr(),
                            request.getScheme(),
                            request.getHeader("Host")));
        case "/item" -> item(request, response);
        default -> response.sendError(404);
      }
    }

    private static void async(HttpServletRequest request) {
      AsyncContext context = request.startAsync();
      context.start(() -> {
        try {
          context.getResponse().getWriter().print("async");
        } catch (IOException e) {
          throw new IllegalStateException(e);
        }
        context.complete();
      });
    }

    private static void chunks(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      byte[] piece = "x".repeat(KILOBYTE).getBytes(UTF_8);
      for (int left = Integer.parseInt(request.getQueryString()); left > 0; left--) {
        response.getOutputStream().write(piece);
        response.flushBuffer();
      }
    }

    private static void trailers(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String digest = Application.digest(request.getInputStream());
      String sum =
          request.getTrailerFields().entrySet().stream()
              .filter(field -> field.getKey().equalsIgnoreCase("X-Sum"))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse("none");
      response.setTrailerFields(() -> Map.of("X-Sum-Back", sum));
      response.flushBuffer(); // so that it is chunked
      response.getWriter().print(digest);
    }

    private void events(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/event-stream");
      AsyncContext context = request.startAsync();
      context.setTimeout(0);
      listeners.add(context); // before the client can know of it
      response.flushBuffer();
    }

    private void publish(String event) throws IOException {
      for (AsyncContext listener : listeners) {
        try {
          listener.getResponse().getOutputStream().print("data: " + event + "\n\n");
          listener.getResponse().flushBuffer();
        } catch (IOException | IllegalStateException gone) {
          listeners.remove(listener);
        }
      }
    }

    private static void item(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setHeader("ETag", ITEM);
      if (ITEM.equals(request.getHeader("If-None-Match"))) {
        response.setStatus(304);
      } else if ("bytes=0-3".equals(request.getHeader("Range"))) {
        response.setStatus(206);
        response.setHeader("Content-Range", "bytes 0-3/8");
        response.getWriter().print("item");
      } else {
        response.getWriter().print("item one");
      }
    }
  }
}
