"""Measuring the CPU rows: rounds in random order, ratios within a round."""

import json
import random
import subprocess
import time
from dataclasses import asdict, dataclass, replace
from statistics import median

from . import processes
from .contestants import BENCH
from .processes import ServerFailed
from .stats import bootstrap

CONTROL_LOW, CONTROL_HIGH = 0.97, 1.03
WARM_UP_SLICES, WARM_UP_SLICES_QUICK = 20, 5


@dataclass(frozen=True)
class Sample:
    """One contestant in one round."""

    micros: float  # server CPU per request
    rate: float  # requests a second
    server_busy: float  # share of the server's core, 0..1
    load_busy: float
    p50: float  # microseconds
    p99: float


def load(arena, port, targets, seconds, connections=64, rate=0, close=False, spin=True,
         prefix=(), fields=(), status=200, body=None, message=0):
    """Runs bin/load on the load's core; its report. Wrong answers fail the contestant."""
    command = [*prefix, "taskset", "-c", str(arena.load_core), str(BENCH / "bin" / "load")]
    command += ["-c", str(connections), "-d", str(seconds)]
    command += ["-r", str(rate)] if rate else []
    command += ["-x"] if close else []
    command += ["-s"] if spin else []
    command += ["-e", str(status)]
    command += ["-b", str(body)] if body is not None else []
    command += ["-u", str(message)] if message else []
    for field in fields:
        command += ["-H", field]
    done = subprocess.run(
        [*command, str(port), *targets], capture_output=True, text=True, check=False,
        timeout=seconds + 60,
    )
    if done.returncode == 2 or not done.stdout:
        raise ServerFailed(f"the load could not run: {done.stderr.strip()}")
    report = json.loads(done.stdout)
    if report["errors"] or not report["requests"]:
        raise ServerFailed(
            f"{report['errors']} wrong answers of {report['requests'] + report['errors']}, "
            f"the first: {report['first_error'] or 'none came'}"
        )
    return report


def _kind(row):
    """What its requests and answers are."""
    return {"fields": row.fields, "status": row.status, "body": row.body, "message": row.message}


def sample(arena, row, running, seconds):
    """Before and after the load, so that every request it counted is paid for, and nothing else."""
    cores, cpu = processes.core_times(), running.cpu_seconds()
    report = load(
        arena, running.port, row.targets, seconds, row.connections, row.rate,
        row.connection_per_request, row.spin, **_kind(row),
    )
    cpu, after = running.cpu_seconds() - cpu, processes.core_times()
    return Sample(
        micros=cpu * 1e6 / report["requests"],
        rate=report["requests"] / report["seconds"],
        server_busy=processes.busy_share(cores, after, arena.server_core),
        load_busy=processes.busy_share(cores, after, arena.load_core),
        p50=report["p50_us"],
        p99=report["p99_us"],
    )


def warm_up(arena, row, contestant, running, quick):
    """Loads a contestant until its cost per request has settled.

    Others are there at once; a JVM compiles while it runs, on the core that is measured, so it is given
    slices of a second until three in a row lie within 3 %, within a bound.
    """
    if contestant.group != "us":
        load(
            arena, running.port, row.targets, 0.3, row.connections, 0, row.connection_per_request,
            row.spin, **_kind(row),
        )
        return
    costs = []
    for _ in range(WARM_UP_SLICES_QUICK if quick else WARM_UP_SLICES):
        costs.append(sample(arena, replace(row, rate=0), running, 1).micros)
        if len(costs) >= 5 and max(costs[-3:]) <= 1.03 * min(costs[-3:]):
            return


def measure_row(arena, row, rounds, seconds, quick, progress, seed=None):
    """Starts everybody, warms up, runs the rounds; the row's result as plain data (JSON)."""
    chance = random.Random(seed)
    if row.rate:
        seconds *= 2  # less CPU is used, and /proc counts it in hundredths of a second
    running, failures = {}, {}
    try:
        for contestant in row.contestants:
            progress.say(f"{row.key}: starting {contestant.name}")
            try:
                running[contestant.name] = contestant.start(arena)
                warm_up(arena, row, contestant, running[contestant.name], quick)
            except (ServerFailed, OSError, subprocess.SubprocessError) as failure:
                failures[contestant.name] = str(failure)
        samples = {name: [] for name in running if name not in failures}
        for round_number in range(rounds):
            order = list(samples)
            chance.shuffle(order)
            for name in order:
                progress.step(f"{row.key}: round {round_number + 1}/{rounds}, {name}")
                if name in failures:
                    continue
                try:
                    samples[name].append(sample(arena, row, running[name], seconds))
                    running[name].check_alive()
                except (ServerFailed, subprocess.SubprocessError) as failure:
                    failures[name] = str(failure)
    finally:
        for server in running.values():
            server.stop()
    complete = {name: s for name, s in samples.items() if name not in failures}
    return _result(row, rounds, seconds, complete, failures)


def _result(row, rounds, seconds, samples, failures):
    groups = {contestant.name: contestant.group for contestant in row.contestants}
    table = []
    for name, taken in samples.items():
        table.append({
            "name": name,
            "group": groups[name],
            **{key: median(asdict(s)[key] for s in taken) for key in asdict(taken[0])},
        })
    control = ratio(samples, *row.control)
    comparisons = []
    for comparison in row.comparisons:
        against = comparison.against
        if against == "best peer":
            against = best_peer(samples, groups)
        comparisons.append({
            "us": comparison.us,
            "against": comparison.against,
            "peer": against,
            "ratio": ratio(samples, against, comparison.us),
            "at_least": comparison.at_least,
            "moonshot": comparison.moonshot,
        })
    return {
        "kind": "cpu",
        "key": row.key,
        "title": row.title,
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "rounds": rounds,
        "seconds": seconds,
        "table": table,
        "control": control,
        "void": control is None or not CONTROL_LOW <= control[0] <= CONTROL_HIGH,
        "comparisons": comparisons,
        "failures": failures,
    }


def best_peer(samples, groups):
    """The peer with the least median cost in this row, or None."""
    peers = [name for name in samples if groups[name] == "peer"]
    return min(peers, key=lambda name: median(s.micros for s in samples[name]), default=None)


def ratio(samples, peer, us):
    """Median and interval of peer ÷ us within each round, or None if one of them is missing."""
    if peer not in samples or us not in samples:
        return None
    pairs = zip(samples[peer], samples[us])
    return bootstrap([theirs.micros / ours.micros for theirs, ours in pairs if ours.micros])
