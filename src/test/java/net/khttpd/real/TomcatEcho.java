package net.khttpd.real;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// Tomcat's end of the WebSocket. Public, because Tomcat makes it.
@ServerEndpoint("/echo")
public final class TomcatEcho {
  @OnMessage
  public @Nullable String text(String message, Session session) throws IOException {
    if (message.equals(Application.BYE)) {
      session.close(
          new CloseReason(CloseReason.CloseCodes.getCloseCode(Application.BYE_CODE), "asked"));
      return null;
    }
    return message;
  }

  @OnMessage
  public ByteBuffer binary(ByteBuffer message) {
    return message;
  }
}
