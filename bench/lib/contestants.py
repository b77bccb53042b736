"""Who is compared: how each server is started, and what of it is counted.

A contestant is a name, a group and a way to start. Its CPU is that of the processes in `counted`,
workers included; a backend on the load's core is started with it but not counted.
"""

import os
import socket
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from . import needs
from .processes import Process, ServerFailed

BENCH = Path(__file__).resolve().parent.parent
REPOSITORY = BENCH.parent
READY_SECONDS = 30

APACHE_MODULES = "/usr/lib/apache2/modules"


@dataclass
class Running:
    """A started contestant."""

    name: str
    port: int
    counted: list
    helpers: list = field(default_factory=list)

    def cpu_seconds(self):
        return sum(process.cpu_seconds() for process in self.counted)

    def thread_nanoseconds(self):
        return {k: v for process in self.counted for k, v in process.thread_nanoseconds().items()}

    def rss_bytes(self):
        return sum(process.rss_bytes() for process in self.counted)

    def pids(self):
        return [pid for process in self.counted for pid in process.pids()]

    def check_alive(self):
        for process in self.counted + self.helpers:
            process.check_alive()

    def stop(self):
        for process in self.counted + self.helpers:
            process.stop()


@dataclass(frozen=True)
class Contestant:
    """name: in the tables; group: us | peer | floor | control; start: function of an Arena."""

    name: str
    group: str
    start: object
    programs: tuple = ()


class Arena:
    """Where contestants run: a temporary directory, a document root, two cores, a range of ports."""

    def __init__(self, directory, root, first_port, server_core, load_core):
        self.directory = Path(directory)
        self.root = Path(root)
        self.server_core = server_core
        self.load_core = load_core
        self.next_port = first_port
        self.started = 0

    def port(self):
        """The next port of the range that nobody listens on."""
        for _ in range(1000):
            port = self.next_port
            self.next_port += 1
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue
        raise needs.NeedMissing("no free port: choose another range with --port.")

    def run(self, name, command, core=None, cwd=None):
        self.started += 1
        log = self.directory / f"{self.started:03}-{name.replace(' ', '-')}.log"
        return Process(name, command, self.server_core if core is None else core, log, cwd)


def wait_for_line(process, beginning, seconds=READY_SECONDS):
    """Waits until the process has written a line that begins so."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        process.check_alive()
        if any(line.startswith(beginning) for line in process.log.read_text(errors="replace").splitlines()):
            return
        time.sleep(0.01)
    raise ServerFailed(f"{process.name} did not write '{beginning}' in {seconds} s: {process.log_tail()}")


def wait_for_port(process, port, seconds=READY_SECONDS):
    """Waits until a connect is accepted."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        process.check_alive()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise ServerFailed(f"{process.name} does not accept connections: {process.log_tail()}")


def fetch(port, target):
    """One answer, as (status, length)."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{target}", timeout=10) as answer:
        return answer.status, len(answer.read())


def _fill(template, arena, port, backend):
    """Writes a copy of a configuration of bench/peers with its ports and paths into the arena."""
    as_root = os.geteuid() == 0
    home = arena.directory / f"{Path(template).stem}-{port}"
    home.mkdir()
    home.chmod(0o777)  # Apache's workers are another user when we are root
    text = (BENCH / "peers" / template).read_text()
    for mark, value in {
        "@PORT@": port,
        "@BACKEND@": backend or 0,
        "@ROOT@": arena.root,
        "@DIR@": home,
        "@USER@": "root" if as_root else os.environ.get("USER", "nobody"),
        "@APACHE_USER@": "User www-data\nGroup www-data" if as_root else "",
        "@APACHE_MODULES@": APACHE_MODULES,
    }.items():
        text = text.replace(mark, str(value))
    path = home / template
    path.write_text(text)
    return path


def peer_command(arena, template, port, backend=None):
    """How a peer is started in the foreground, with its configuration filled in."""
    path = _fill(template, arena, port, backend)
    program, *arguments = {
        "nginx": ["nginx", "-c", path, "-e", path.parent / "nginx-start.log"],
        "h2o": ["h2o", "-c", path],
        "lighttpd": ["lighttpd", "-D", "-f", path],
        "haproxy": ["haproxy", "-db", "-f", path],
        "apache": ["apache2", "-DFOREGROUND", "-f", path],
    }[template.split("-")[0].split(".")[0]]
    return [needs.find(program), *arguments]


def start_peer(arena, name, template, backend=None, core=None):
    port = arena.port()
    process = arena.run(name, peer_command(arena, template, port, backend), core)
    wait_for_port(process, port)
    return process, port


def start_program(arena, name, program, *arguments, core=None):
    port = arena.port()
    process = arena.run(name, [BENCH / "bin" / program, port, *arguments], core)
    wait_for_port(process, port)
    return process, port


def khttpd_available():
    return (REPOSITORY / "khttpd").is_file()


def khttpd_command(arena, port, engine, backend=0, extra=()):
    settings = {
        "serverport": port,
        "address": "127.0.0.1",
        "documentroot": arena.root,
        "clientport": backend,
        "threads": 1,
        "engine": engine,
        "maxconnect": 16384,
        **dict(extra),
    }
    command = [REPOSITORY / "khttpd", "run"]
    for name, value in settings.items():
        command += ["-w", f"{name}={value}"]
    return command


def start_khttpd(arena, name, engine, backend=0, extra=()):
    port = arena.port()
    process = arena.run(name, khttpd_command(arena, port, engine, backend, extra), cwd=REPOSITORY)
    wait_for_line(process, "khttpd: ready")
    return process, port


# --- the contestants ---------------------------------------------------------------------------


def static_peer(name, template, program):
    def start(arena):
        process, port = start_peer(arena, name, template)
        return Running(name, port, [process])

    return Contestant(name, "peer", start, (program,))


def relay_peer(name, template, program, group="peer", answer=None):
    """answer: the backend streams answers of this length; None: the fixed 1 KiB of `fixed`."""

    def start(arena):
        backend, backend_port = _fixed_backend(arena) if answer is None else _stream_backend(arena, answer)
        process, port = start_peer(arena, name, template, backend_port)
        return Running(name, port, [process], [backend])

    return Contestant(name, group, start, (program,))


def backend_alone(name="the backend alone"):
    """Nobody between the load and the fixed backend."""

    def start(arena):
        backend, port = _fixed_backend(arena)
        return Running(name, port, [backend])

    return Contestant(name, "floor", start)


def floor(name, group, program, *arguments, root="root"):
    """A C floor serving `root`, or the `parts` beside it; with group `control` its identical copy."""

    def start(arena):
        served = arena.root.parent / root
        process, port = start_program(arena, name, program, served, *arguments)
        return Running(name, port, [process])

    return Contestant(name, group, start)


def relay_floor(name, group):
    def start(arena):
        backend, backend_port = _fixed_backend(arena)
        process, port = start_program(arena, name, "floor_relay", backend_port)
        return Running(name, port, [process], [backend])

    return Contestant(name, group, start)


# As many requests at a time as one core can work on; the others wait with us, where waiting costs
# nothing, instead of taking turns in Apache's caches.
APACHE_BEHIND = (("backend_maxconn", 4),)


def khttpd(engine, backend=None):
    """backend: None, `fixed` or the length of the answers it streams (both on the load's core, not
    counted), or `apache` (counted with us)."""
    name = {"io_uring": "kHTTPd ring", "epoll": "kHTTPd epoll"}[engine]
    if backend == "apache":
        name += " + Apache"

    def start(arena):
        if backend == "fixed":
            helper, backend_port = _fixed_backend(arena)
            process, port = start_khttpd(arena, name, engine, backend_port)
            return Running(name, port, [process], [helper])
        if isinstance(backend, int):
            helper, backend_port = _stream_backend(arena, backend)
            process, port = start_khttpd(arena, name, engine, backend_port)
            return Running(name, port, [process], [helper])
        if backend == "apache":
            behind, backend_port = start_peer(arena, "Apache behind us", "apache-worker.conf")
            process, port = start_khttpd(arena, name, engine, backend_port, APACHE_BEHIND)
            return Running(name, port, [process, behind])
        process, port = start_khttpd(arena, name, engine)
        return Running(name, port, [process])

    return Contestant(name, "us", start, ("apache2",) if backend == "apache" else ())


def _fixed_backend(arena):
    return start_program(arena, "backend", "backend_fixed", 1024, core=arena.load_core)


def _stream_backend(arena, answer):
    return start_program(arena, "backend", "backend_stream", answer, core=arena.load_core)
