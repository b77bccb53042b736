package net.khttpd.top;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;

/// The terminal while the view is on it: its second screen, no cursor, keys as they are pressed.
/// Used by one thread; however the program ends, the terminal is as it was.
///
/// Over JLine's provider that asks stty(1), so that no native library is unpacked and loaded.
final class Screen implements AutoCloseable {
  /// What [#key] returns if none was pressed in time.
  static final int NONE = -2;

  /// What [#key] returns for Ctrl-C, and where the terminal is gone.
  static final int END = -1;

  /// The cursor, and the first screen, in the words of every terminal that has a second one.
  private static final String LEAVE = "\033[?25h\033[?1049l";

  private final Terminal terminal;
  private final Attributes before;
  private final AtomicBoolean resized = new AtomicBoolean();
  private final AtomicBoolean interrupted = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Thread atExit = new Thread(this::restore); // SIGTERM, SIGHUP
  private Size size;

  /// Takes the terminal.
  Screen() throws IOException {
    System.setProperty(
        TerminalBuilder.PROP_REDIRECT_PIPE_CREATION_MODE,
        TerminalBuilder.PROP_REDIRECT_PIPE_CREATION_MODE_REFLECTION);
    terminal =
        TerminalBuilder.builder()
            .devTty(true)
            .provider("exec")
            .dumb(false)
            .nativeSignals(true)
            .build();
    before = terminal.enterRawMode();
    Attributes raw = terminal.getAttributes();
    raw.setControlChar(Attributes.ControlChar.VSUSP, 0); // a stopped view would keep the terminal
    terminal.setAttributes(raw);
    terminal.handle(Terminal.Signal.WINCH, _ -> resized.set(true));
    terminal.handle(Terminal.Signal.INT, _ -> interrupted.set(true));
    Runtime.getRuntime().addShutdownHook(atExit);
    size = terminal.getSize();
    terminal.puts(Capability.enter_ca_mode);
    terminal.puts(Capability.cursor_invisible);
    terminal.flush();
  }

  int columns() {
    return size.getColumns() > 0 ? size.getColumns() : 80;
  }

  int rows() {
    return size.getRows() > 0 ? size.getRows() : 24;
  }

  /// Whether the size has changed since it was last asked.
  synchronized boolean resized() throws IOException {
    if (closed.get() || !resized.getAndSet(false)) {
      return false;
    }
    size = terminal.getSize();
    terminal.puts(Capability.clear_screen);
    return true;
  }

  /// Replaces what is shown; lines are overwritten rather than cleared first, so nothing flickers.
  synchronized void show(List<String> lines) {
    if (closed.get()) {
      return;
    }
    terminal.puts(Capability.cursor_home);
    int rows = Math.min(lines.size(), rows());
    for (int i = 0; i < rows; i++) {
      terminal.writer().print(lines.get(i));
      terminal.puts(Capability.clr_eol);
      if (i < rows - 1) {
        terminal.writer().print("\r\n");
      }
    }
    terminal.puts(Capability.clr_eos);
    terminal.flush();
  }

  /// The next key within the time, [#NONE] or [#END].
  int key(long millis) throws IOException {
    try {
      boolean over = interrupted.get() || closed.get();
      return over ? END : terminal.reader().read(Math.max(1, millis));
    } catch (IOException | IllegalStateException e) {
      if (closed.get()) {
        return END; // given back while we were waiting
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (!closed.get()) {
      restore();
      Runtime.getRuntime().removeShutdownHook(atExit);
    }
  }

  private synchronized void restore() {
    if (closed.getAndSet(true)) {
      return;
    }
    try {
      terminal.puts(Capability.cursor_normal);
      terminal.puts(Capability.exit_ca_mode);
      terminal.flush();
      terminal.setAttributes(before);
      terminal.close();
    } catch (IllegalStateException e) {
      System.out.print(LEAVE); // JLine's own hook was first, which knows nothing of the screen
      System.out.flush();
    } catch (IOException e) {
      return; // the terminal is gone
    }
  }
}
