package net.khttpd.control;

import java.util.List;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.mount.Source;
import net.khttpd.settings.OperatorException;

/// The server of this JVM as a source of files: what they show and do is what its control socket
/// answers. Called by any thread.
final class ServerSource implements Source {
  private static final String ALL = "net.khttpd";

  private final ControlCommands commands;

  ServerSource(Server server) {
    commands = new ControlCommands(server);
  }

  /// What asks for the lines of a name.
  static ControlRequest reading(String name) {
    return new ControlRequest(Word.GET, true, List.of(name.isEmpty() ? ALL : name));
  }

  /// What writes `NAME=VALUE`.
  static ControlRequest writing(String assignment) {
    return new ControlRequest(Word.WRITE, false, List.of(assignment));
  }

  @Override
  public List<String> read(String name) throws OperatorException {
    return commands.answer(reading(name), "").output();
  }

  @Override
  public void write(String assignment, String who) throws OperatorException {
    ControlAnswer _ = commands.answer(writing(assignment), who);
  }
}
