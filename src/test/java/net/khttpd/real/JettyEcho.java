package net.khttpd.real;

import java.nio.ByteBuffer;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CloseStatus;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.FrameHandler;
import org.eclipse.jetty.websocket.core.OpCode;
import org.jspecify.annotations.Nullable;

/// Jetty's end of the WebSocket: each frame of data goes back as it came.
final class JettyEcho implements FrameHandler {
  private static final long LONGEST = 2 << 20;

  private @Nullable CoreSession session;

  @Override
  public void onOpen(CoreSession opened, Callback callback) {
    session = opened;
    opened.setMaxFrameSize(LONGEST);
    opened.setMaxTextMessageSize(LONGEST);
    opened.setMaxBinaryMessageSize(LONGEST);
    callback.succeeded();
    opened.demand();
  }

  @Override
  public void onFrame(Frame frame, Callback callback) {
    CoreSession open = session;
    if (open == null) {
      throw new IllegalStateException("not open");
    }
    Callback next = Callback.from(callback, open::demand);
    switch (frame.getOpCode()) {
      case OpCode.CLOSE -> callback.succeeded(); // Jetty answers it
      case OpCode.PONG -> next.succeeded();
      case OpCode.PING -> open.sendFrame(copy(frame, OpCode.PONG), next, false);
      default -> {
        if (frame.getOpCode() == OpCode.TEXT && frame.getPayloadAsUTF8().equals(Application.BYE)) {
          open.close(Application.BYE_CODE, "asked", next);
        } else {
          open.sendFrame(copy(frame, frame.getOpCode()), next, false);
        }
      }
    }
  }

  private static Frame copy(Frame frame, byte opcode) {
    ByteBuffer payload = ByteBuffer.allocate(frame.getPayloadLength());
    if (frame.hasPayload()) {
      payload.put(frame.getPayload().slice()).flip();
    }
    return new Frame(opcode, frame.isFin(), payload);
  }

  @Override
  public void onError(Throwable cause, Callback callback) {
    callback.succeeded();
  }

  @Override
  public void onClosed(CloseStatus status, Callback callback) {
    callback.succeeded();
  }
}
