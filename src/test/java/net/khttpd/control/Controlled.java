package net.khttpd.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import net.khttpd.control.ControlRequest.Word;
import net.khttpd.log.EventLog;
import net.khttpd.settings.Draft;
import net.khttpd.settings.OperatorException;

/// A server in this JVM with a control socket, idle until it is started; and what it logged.
final class Controlled implements AutoCloseable {
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final EventLog log = new EventLog(logged, InstantSource.system());
  final Path directory;
  final Path path;
  final Server server;
  final ControlSocket socket;

  Controlled(Path directory, String... settings) throws Exception {
    this.directory = directory;
    path = directory.resolve("khttpd.sock");
    Files.createDirectories(directory.resolve("www"));
    Draft draft = Draft.ofDefaults();
    for (String setting : List.of("serverport=0", "clientport=0", "address=127.0.0.1")) {
      draft.write(setting);
    }
    draft
        .write("threads=1")
        .write("drain=0.2")
        .write("documentroot", directory.resolve("www") + "");
    for (String setting : settings) {
      draft.write(setting);
    }
    server = new Server(draft.snapshot(), log);
    socket = ControlSocket.open(path, server, log);
  }

  ControlAnswer ask(Word word, String... arguments) throws OperatorException {
    try (ControlClient client = ControlClient.connect(path)) {
      return client.ask(new ControlRequest(word, false, List.of(arguments)));
    }
  }

  /// The output of something that must be accepted.
  List<String> told(Word word, String... arguments) throws OperatorException {
    ControlAnswer answer = ask(word, arguments);
    if (answer.status() != ControlAnswer.Status.OK) {
      throw new AssertionError(String.join(" ", arguments) + ": " + answer);
    }
    return answer.output();
  }

  String logged() {
    return logged.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    socket.close();
    server.close();
    log.close();
  }
}
