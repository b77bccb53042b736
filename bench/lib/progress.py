"""Progress on stderr: a bar on a terminal, a line per step elsewhere."""

import shutil
import sys
import time


class Progress:
    """Counts steps of roughly equal length, so that the time left can be told."""

    def __init__(self, total):
        self.total = max(total, 1)
        self.done = 0
        self.began = time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, text):
        self._show(text)
        self.done += 1

    def say(self, text):
        self._show(text)

    def _show(self, text):
        if not self.terminal:
            print(f"[{self.done}/{self.total}] {text}", file=sys.stderr, flush=True)
            return
        filled = 24 * self.done // self.total
        left = ""
        if self.done:
            seconds = (time.monotonic() - self.began) / self.done * (self.total - self.done)
            left = f"{int(seconds) // 60}:{int(seconds) % 60:02} left  "
        line = f"{'█' * filled}{'░' * (24 - filled)} {left}{text}"
        width = shutil.get_terminal_size().columns - 1
        print(f"\r{line[:width]:<{width}}", end="", file=sys.stderr, flush=True)

    def finish(self):
        if self.terminal:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + " " * width + "\r", end="", file=sys.stderr, flush=True)
