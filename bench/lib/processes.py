"""Starting, watching and ending the processes of a run, and reading what they cost from /proc."""

import os
import signal
import subprocess
import time
from pathlib import Path

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
STOP_SECONDS = 5

_running = []


class ServerFailed(Exception):
    """A contestant did not start, died, or answered wrongly; the message says which and why."""


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name (which may hold spaces), or None if it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text[text.rindex(")") + 2 :].split()


def tree(root):
    """The process and all its descendants: a server with its workers."""
    children = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat_fields(entry)
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


class Process:
    """One started program, pinned to a core. Ends with its whole tree, by pid, and only once."""

    def __init__(self, name, command, core, log, cwd=None):
        self.name = name
        self.log = Path(log)
        self.started_at = time.monotonic()
        with open(self.log, "wb") as out:
            self.popen = subprocess.Popen(
                ["taskset", "-c", str(core), *map(str, command)] if core is not None
                else list(map(str, command)),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                start_new_session=True,
            )
        _running.append(self)

    def pids(self):
        return tree(self.popen.pid)

    def cpu_seconds(self):
        """User and system time of the tree so far, its ended children included, from /proc/PID/stat."""
        ticks = 0
        for pid in self.pids():
            fields = stat_fields(pid)
            if fields:
                ticks += sum(int(fields[i]) for i in (11, 12, 13, 14))
        return ticks * TICK_SECONDS

    def thread_nanoseconds(self):
        """CPU time of each living thread so far, from schedstat: exact, where ticks are too coarse."""
        times = {}
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    times[task] = int(task.read_text().split()[0])
                except (FileNotFoundError, ProcessLookupError):
                    continue
        return times

    def rss_bytes(self):
        """Resident memory of the tree. Pages shared with other processes count in each."""
        pages = sum(int(f[21]) for f in map(stat_fields, self.pids()) if f)
        return pages * os.sysconf("SC_PAGE_SIZE")

    def check_alive(self):
        if self.popen.poll() is not None:
            raise ServerFailed(f"{self.name} ended with {self.popen.returncode}: {self.log_tail()}")

    def log_tail(self):
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return " / ".join(lines[-3:]) or "it wrote nothing"

    def stop(self):
        if self in _running:
            _running.remove(self)
        pids = self.pids() if self.popen.poll() is None else []
        if pids:
            self.popen.send_signal(signal.SIGTERM)
            try:
                self.popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        for pid in pids:  # workers that outlived their master, and whoever ignored SIGTERM
            fields = stat_fields(pid)
            if fields and fields[3] == str(self.popen.pid):  # still of our session, not a new pid
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.popen.wait()


def stop_all():
    """Ends whatever is still running, newest first; for the end of the program, Ctrl-C included."""
    for process in reversed(list(_running)):
        process.stop()


def core_times():
    """For each core (busy, total) ticks since boot, from /proc/stat."""
    times = {}
    for line in Path("/proc/stat").read_text().splitlines():
        if line.startswith("cpu") and line[3].isdigit():
            name, *numbers = line.split()
            ticks = list(map(int, numbers[:8]))  # user … steal; guest time is part of user
            times[int(name[3:])] = (sum(ticks) - ticks[3] - ticks[4], sum(ticks))
    return times


def busy_share(before, after, core):
    total = after[core][1] - before[core][1]
    return (after[core][0] - before[core][0]) / total if total else 0.0


def slab_bytes():
    for line in Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("Slab:"):
            return int(line.split()[1]) * 1024
    return 0
