package net.khttpd.control;

import java.nio.file.Path;
import java.util.List;
import net.khttpd.mount.Source;
import net.khttpd.settings.OperatorException;
import org.jspecify.annotations.Nullable;

/// A server that is reached by its control socket as a source of files. Connects each time: between
/// two questions the server may have ended and begun anew. Called by any thread.
final class SocketSource implements Source {
  private static final String UNLOAD = "unload=";

  private final @Nullable Path socket;
  private final Runnable unloaded;

  /// @param socket null: the usual one
  /// @param unloaded called when a write has ended the server
  SocketSource(@Nullable Path socket, Runnable unloaded) {
    this.socket = socket;
    this.unloaded = unloaded;
  }

  @Override
  public List<String> read(String name) throws OperatorException {
    return ask(ServerSource.reading(name)).output();
  }

  @Override
  public void write(String assignment, String who) throws OperatorException {
    ControlAnswer answer = ask(ServerSource.writing(assignment));
    if (assignment.startsWith(UNLOAD) && answer.output().stream().anyMatch(l -> l.endsWith("1"))) {
      unloaded.run();
    }
  }

  private ControlAnswer ask(ControlRequest request) throws OperatorException {
    try (ControlClient client = ControlClient.connect(socket)) {
      ControlAnswer answer = client.ask(request);
      if (answer.status() != ControlAnswer.Status.OK) {
        throw new OperatorException(String.join("; ", answer.errors()));
      }
      return answer;
    }
  }
}
