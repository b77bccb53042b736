"""The machine and the versions a result belongs to."""

import os
import platform
import re
import subprocess
from pathlib import Path

from . import needs

VERSIONS = {
    "nginx": ["nginx", "-v"],
    "h2o": ["h2o", "--version"],
    "lighttpd": ["lighttpd", "-v"],
    "HAProxy": ["haproxy", "-v"],
    "Apache": ["apache2", "-v"],
    "gcc": ["gcc", "--version"],
}


def _first_line(command):
    try:
        program = needs.find(command[0])
    except needs.NeedMissing:
        return None
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else None


def _java():
    """The runtime that ./khttpd uses, by the same search as its launcher."""
    from .contestants import REPOSITORY

    done = subprocess.run(
        ["bash", "-c", '. ./jdk.sh && "$JAVA_HOME/bin/java" -version'],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )
    match = re.search(r"^OpenJDK Runtime.*|^Java\(TM\).*", done.stderr, re.MULTILINE)
    return match.group(0) if match else None


def _commit():
    from .contestants import REPOSITORY

    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True,
        check=False,
    )
    return done.stdout.strip() or None


def machine(options):
    """(what, value) pairs for the page."""
    cpu = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    facts = [
        ("CPU", f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} cores; "
                f"servers on core {options.server_core}, load on core {options.load_core}"),
        ("memory", f"{int(memory.group(1)) / 2**20:.0f} GiB" if memory else None),
        ("kernel", platform.release()),
        ("kHTTPd", _commit()),
        ("Java", _java()),
    ]
    facts += [(name, _first_line(command)) for name, command in VERSIONS.items()]
    return [(what, value) for what, value in facts if value]
