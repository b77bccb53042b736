"""What the benchmark needs of the machine, and the Debian package that is missing."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = {
    "gcc": "gcc",
    "make": "make",
    "taskset": "util-linux",
    "nginx": "nginx",
    "h2o": "h2o",
    "lighttpd": "lighttpd",
    "haproxy": "haproxy",
    "apache2": "apache2-bin",
    "perf": "linux-perf",
    "wrk": "wrk",
}

TRACEFS = Path("/sys/kernel/tracing")


class NeedMissing(Exception):
    """One sentence for the operator."""


def find(program):
    """The path of a program; servers live in sbin, which is not on everybody's PATH."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/local/sbin")
    if not path:
        raise NeedMissing(
            f"bench/compare needs {program}: install the Debian package {PACKAGES[program]} "
            f"(apt-get install {PACKAGES[program]})."
        )
    return path


def check(programs):
    for program in programs:
        find(program)


def check_cores(*cores):
    available = os.sched_getaffinity(0)
    for core in cores:
        if core not in available:
            raise NeedMissing(
                f"core {core} is not available to this process (it may use {sorted(available)}): "
                "choose others with --server-core and --load-core."
            )


def build(bench):
    """Compiles the C programs; quick when nothing has changed."""
    done = subprocess.run(["make", "-s", "-C", bench], capture_output=True, text=True)
    if done.returncode:
        raise NeedMissing(f"the C programs in bench/src do not compile: {done.stderr.strip()}")


def build_khttpd(repository):
    """Any sub-command builds first if the sources are newer than the build."""
    done = subprocess.run(
        ["./khttpd", "--help"], cwd=repository, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise NeedMissing(f"./khttpd does not run: {' / '.join(said) or 'it said nothing'}")


class Tracepoints:
    """tracefs for perf: mounted for the time of the run if it is not, and then unmounted again."""

    def __init__(self):
        self.mounted_here = False

    def __enter__(self):
        if not (TRACEFS / "events").is_dir() and os.geteuid() == 0:
            done = subprocess.run(
                ["mount", "-t", "tracefs", "nodev", TRACEFS], capture_output=True, check=False
            )
            self.mounted_here = done.returncode == 0
        return self

    def __exit__(self, *_):
        if self.mounted_here:
            subprocess.run(["umount", TRACEFS], capture_output=True, check=False)

    @staticmethod
    def usable():
        """None, or why system calls cannot be counted."""
        done = subprocess.run(
            [find("perf"), "stat", "-x,", "-e", "raw_syscalls:sys_enter", "true"],
            capture_output=True, text=True, check=False,
        )
        if done.returncode == 0 and done.stderr.split(",")[0].strip().isdigit():
            return None
        return "perf cannot count raw_syscalls:sys_enter here (root and tracefs are needed)"
