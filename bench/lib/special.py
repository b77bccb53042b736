"""The rows that are not CPU per request: system calls, tail latency, idle connections, start."""

import json
import subprocess
import time
from dataclasses import dataclass, replace
from statistics import median

from . import contestants, needs, processes
from .contestants import BENCH
from .measure import load
from .processes import ServerFailed
from .rows import FILES, LARGE_PEERS, RELAYS, RING, SMALL_PEERS, STATIC_FLOORS, US

ONE_KIB = ("/1k.html:1024",)
DYNAMIC = ("/page?x=1:1024",)
MAX_ROUNDS = 3  # these figures hardly vary, or (start) take their own count
TAIL_ROUNDS = 5  # a tail varies more
START_ROUNDS = 10
IDLE_CONNECTIONS = 10_000
PULLERS = 8
LATENCY_RATE = 5_000


@dataclass(frozen=True)
class Special:
    """measure: function of (arena, row, options, progress) that gives the row's result."""

    key: str
    title: str
    contestants: tuple
    measure: object
    programs: tuple = ()
    max_rounds: int = MAX_ROUNDS

    def with_contestants(self, kept):
        return replace(self, contestants=kept)

    def steps(self, rounds):
        return min(rounds, self.max_rounds) * len(self.contestants)


def _warm_up_seconds(contestant, quick):
    """A JVM compiles while it runs; on one core its tail is quiet only when the last of it is done."""
    return (2 if quick else 20) if contestant.group == "us" else 0.3


def verdict(what, value, unit, at_most=None, moonshot=None):
    """A figure of which less is better. value None: it could not be measured."""
    return {"what": what, "value": value, "unit": unit, "at_most": at_most, "moonshot": moonshot}


def _each(arena, row, options, progress, measure, targets=ONE_KIB, **warm_up):
    """measure(running) for each contestant and round, started afresh; {name: [values]}, {failures}.

    warm_up: as `load` takes it; a JVM must have been warmed up by the kind of load that is measured.
    """
    values, failures = {}, {}
    for round_number in range(min(options.rounds, row.max_rounds)):
        for contestant in row.contestants:
            progress.step(f"{row.key}: round {round_number + 1}, {contestant.name}")
            if contestant.name in failures:
                continue
            running = None
            try:
                running = contestant.start(arena)
                load(arena, running.port, targets, _warm_up_seconds(contestant, options.quick), **warm_up)
                values.setdefault(contestant.name, []).append(measure(running))
                running.check_alive()
            except (ServerFailed, OSError, subprocess.SubprocessError) as failure:
                failures[contestant.name] = str(failure)
            finally:
                if running:
                    running.stop()
    return {name: v for name, v in values.items() if name not in failures}, failures


def _result(row, options, headers, table, verdicts, failures, notes=()):
    return {
        "kind": "special",
        "key": row.key,
        "title": row.title,
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "rounds": min(options.rounds, row.max_rounds),
        "seconds": options.seconds,
        "headers": headers,
        "table": table,
        "verdicts": verdicts,
        "failures": failures,
        "notes": list(notes),
    }


def _medians(values):
    return {name: [median(column) for column in zip(*rounds)] for name, rounds in values.items()}


# --- system calls ------------------------------------------------------------------------------


def _system_calls(arena, row, options, progress):
    why_not = needs.Tracepoints.usable()
    if why_not:
        return _result(row, options, [], [], [verdict(RING, None, "a request", 0.3, 0.15)], {}, [why_not])

    def count(running):
        output = arena.directory / "perf.csv"
        counter = [
            needs.find("perf"), "stat", "-x,", "-o", str(output), "-e", "raw_syscalls:sys_enter",
            "-p", ",".join(map(str, running.pids())),
        ]
        report = load(arena, running.port, ONE_KIB, options.seconds, prefix=counter)
        calls = next(
            int(line.split(",")[0])
            for line in output.read_text().splitlines()
            if "raw_syscalls:sys_enter" in line and not line.startswith("#")
        )
        return [calls / report["requests"]]

    values, failures = _each(arena, row, options, progress, count)
    calls = {name: v[0] for name, v in _medians(values).items()}
    return _result(
        row, options, ["", "system calls a request"],
        [[name, f"{value:.3f}"] for name, value in calls.items()],
        [verdict(RING, calls.get(RING), "a request", 0.3, 0.15)], failures,
    )


# --- tail latency beside large downloads -------------------------------------------------------


def _realtime_prefix():
    """The measuring client must not wait for the pulling ones on their common core."""
    prefix = ["chrt", "-f", "10"]
    allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    return prefix if allowed else []


def _tail(arena, row, options, progress):
    prefix = _realtime_prefix()
    notes = [] if prefix else [
        "No permission for SCHED_FIFO: the measuring client competes with the pulling ones for "
        "their core, so the figure is too high."
    ]

    def compare(running):
        alone = load(arena, running.port, ONE_KIB, options.seconds, spin=False, prefix=prefix)
        pull = arena.run(
            "pullers",
            [BENCH / "bin" / "load", "-c", PULLERS, "-d", options.seconds + 0.5, "-t",
             running.port, f"/1g.html:{FILES['1g.html']}"],
            core=arena.load_core,
        )
        try:
            time.sleep(0.3)  # part of the extra half second: until all of them are at full speed
            pull.check_alive()
            beside = load(arena, running.port, ONE_KIB, options.seconds, spin=False, prefix=prefix)
            pull.popen.wait(60)
            pulled = json.loads(pull.log.read_text())
        except (subprocess.TimeoutExpired, json.JSONDecodeError) as failure:
            raise ServerFailed(f"the downloads did not end well: {pull.log_tail()}") from failure
        finally:
            pull.stop()
        if pulled["errors"]:
            raise ServerFailed(f"a download failed: {pulled['first_error']}")
        return [
            beside["p99_us"] / alone["p99_us"], alone["p99_us"], beside["p99_us"],
            alone["requests"] / alone["seconds"], beside["requests"] / beside["seconds"],
            pulled["bytes"] / pulled["seconds"] / 1e9,
        ]

    values, failures = _each(arena, row, options, progress, compare, spin=False, prefix=prefix)
    found = _medians(values)
    return _result(
        row, options,
        ["", "p99 alone, µs", "p99 beside, µs", "ratio", "requests/s alone", "beside", "pulled GB/s"],
        [[name, f"{v[1]:.0f}", f"{v[2]:.0f}", f"{v[0]:.2f}", f"{v[3]:,.0f}", f"{v[4]:,.0f}", f"{v[5]:.1f}"]
         for name, v in found.items()],
        [verdict(RING, found[RING][0] if RING in found else None, "×", 3, 1.5)], failures, notes,
    )


# --- latency added by passing on ---------------------------------------------------------------


def _latency(arena, row, options, progress):
    """At a rate that all can do; the backend alone is what the others are compared with."""

    def ask(running):
        report = load(
            arena, running.port, DYNAMIC, max(options.seconds, 2), rate=LATENCY_RATE, spin=False,
        )
        return [report["p50_us"], report["p99_us"]]

    values, failures = _each(arena, row, options, progress, ask, DYNAMIC, spin=False)
    found = _medians(values)
    direct = found.get(row.contestants[0].name)
    table = [
        [name, f"{p50:.0f}", f"{p99:.0f}"]
        + (["", ""] if direct is None else [f"{p50 - direct[0]:+.0f}", f"{p99 - direct[1]:+.0f}"])
        for name, (p50, p99) in found.items()
    ]
    ours = found.get(RING)
    added = None if direct is None or ours is None else ours[0] - direct[0]
    return _result(
        row, options, ["", "p50 µs", "p99 µs", "added to p50", "added to p99"], table,
        [verdict(f"{RING}: added to p50", added, "µs")], failures,
        [f"{LATENCY_RATE:,} requests a second offered; latency counts from when a request was due."],
    )


# --- idle connections --------------------------------------------------------------------------


def _cpu_share(running, seconds):
    """Share of a core used meanwhile, by the threads still there at the end."""
    before, began = running.thread_nanoseconds(), time.monotonic()
    time.sleep(seconds)
    after = running.thread_nanoseconds()
    used = sum(nanos - before.get(thread, 0) for thread, nanos in after.items())
    return used / 1e9 / (time.monotonic() - began)


def _idle(arena, row, options, progress):
    def hold(running):
        time.sleep(1)  # the warm-up's connections are gone, a JVM has finished compiling
        rss, slab = running.rss_bytes(), processes.slab_bytes()
        holder = subprocess.Popen(
            ["taskset", "-c", str(arena.load_core), BENCH / "bin" / "hold", str(IDLE_CONNECTIONS),
             str(running.port), "/1k.html"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        try:
            if not holder.stdout.readline().startswith("held"):
                raise ServerFailed(f"not all connections opened: {holder.stderr.read().strip()}")
            time.sleep(1)
            rss, slab = running.rss_bytes() - rss, processes.slab_bytes() - slab
            share = _cpu_share(running, max(options.seconds, 2))
        finally:
            holder.stdin.close()
            holder.wait(30)
        time.sleep(1)  # until the kernel has given the slabs back
        return [rss / IDLE_CONNECTIONS, slab / IDLE_CONNECTIONS, share * 100]

    values, failures = _each(arena, row, options, progress, hold)
    found = _medians(values)
    kernel = found["C floor"][1] if "C floor" in found else None
    table, verdicts = [], []
    for name, (rss, slab, share) in found.items():
        above = None if kernel is None else rss + max(slab - kernel, 0)
        table.append([name, f"{rss:.0f}", f"{slab:.0f}", "" if above is None else f"{above:.0f}", f"{share:.2f}"])
    if RING in found and kernel is not None:
        rss, slab, share = found[RING]
        verdicts = [
            verdict(f"{RING}: memory", rss + max(slab - kernel, 0), "bytes each", 1024, 307),
            verdict(f"{RING}: CPU", share, "% of a core", 0.5),
        ]
    else:
        verdicts = [verdict(f"{RING}: memory", None, "bytes each", 1024, 307)]
    return _result(
        row, options,
        ["", "RSS, bytes each", "slab, bytes each", "RSS + slab above the C floor's", "CPU, % of a core"],
        table, verdicts, failures,
        ["Slab is that of the whole system, both ends of each connection included: what a C epoll "
         "server with the same connections adds is the kernel's own."],
    )


# --- start -------------------------------------------------------------------------------------


def _first_answer(arena, start_command, port, core):
    """Seconds from exec to the first whole answer, and the resident memory a second later."""
    process = arena.run("start", start_command, core=core, cwd=contestants.REPOSITORY)
    try:
        while True:
            process.check_alive()
            try:
                if contestants.fetch(port, "/1k.html") == (200, 1024):
                    break
            except OSError:
                time.sleep(0.001)
            if time.monotonic() - process.started_at > contestants.READY_SECONDS:
                raise ServerFailed(f"no answer: {process.log_tail()}")
        seconds = time.monotonic() - process.started_at
        time.sleep(1)
        return seconds, process.rss_bytes()
    finally:
        process.stop()


def _start(arena, row, options, progress):
    rounds = 3 if options.quick else START_ROUNDS
    values, failures = {}, {}
    for contestant in row.contestants:
        progress.step(f"{row.key}: {contestant.name}")
        for where, core in (("server core only", arena.server_core),
                            ("all cores", f"{arena.server_core},{arena.load_core}")):
            try:
                values[f"{contestant.name}, {where}"] = [
                    contestant.start(arena, core) for _ in range(rounds)
                ]
            except (ServerFailed, OSError) as failure:
                failures[contestant.name] = str(failure)
    found = {name: (s * 1000, rss / 1e6) for name, (s, rss) in _medians(values).items()}
    best = found.get(f"{RING}, server core only", (None, None))
    return _result(
        row, options, ["", "first answer, ms", "RSS idle, MB"],
        [[name, f"{ms:.0f}", f"{mb:.1f}"] for name, (ms, mb) in found.items()],
        [verdict("start to first answer", best[0], "ms", 300, 120),
         verdict("RSS idle", best[1], "MB", 100, 60)],
        failures,
    )


def _start_khttpd(arena, core):
    port = arena.port()
    return _first_answer(arena, contestants.khttpd_command(arena, port, "io_uring"), port, core)


def _start_nginx(arena, core):
    port = arena.port()
    return _first_answer(arena, contestants.peer_command(arena, "nginx-small.conf", port), port, core)


ROWS = (
    Special("syscalls", "system calls per request (64)", US + SMALL_PEERS + STATIC_FLOORS[:1],
            _system_calls, ("perf",)),
    Special("p99", "p99 of 1 KiB requests (64) while 8 clients pull 1 GB files",
            US + LARGE_PEERS, _tail, max_rounds=TAIL_ROUNDS),
    Special("latency", "latency added by passing on, 1 KiB answers (64)",
            (contestants.backend_alone(),) + RELAYS, _latency),
    Special("idle", "10,000 idle connections", US + SMALL_PEERS + STATIC_FLOORS[:1], _idle),
    Special("start", "start to first answer / RSS idle",
            (contestants.Contestant(RING, "us", _start_khttpd),
             contestants.Contestant("nginx", "peer", _start_nginx, ("nginx",))), _start),
)
