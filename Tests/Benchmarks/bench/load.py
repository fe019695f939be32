"""The load: wrk, and what it saw."""

import json
import resource
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from . import processes
from .paths import BENCHMARKS, program

GRACE_SECONDS = 20  # wrk ends by itself; if not, it is killed and the run ends


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p99: float
    failures: int  # statuses of 400 and above, socket errors
    timeouts: int
    cpu_seconds: float  # wrk's own


def run(cores: str, url: str, connections: int, seconds: int, answer_seconds: int,
        watcher: Sequence[str] = ()) -> Load:
    """Loads the URL over so many keep-alive connections, each with one request at a time.

    An answer that takes longer than `answer_seconds` counts as a timeout. A watcher is a command that runs the one that
    is put behind it, and looks on meanwhile.
    """
    command = processes.pinned(cores, [
        *watcher, program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={answer_seconds}s",
        "-s", str(BENCHMARKS / "bench/report.lua"), url])
    before = children_seconds()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"run: wrk did not end {GRACE_SECONDS} s after its time") from None
    line = next((line for line in done.stdout.splitlines() if line.startswith("BENCH ")), None)
    if line is None:
        raise SystemExit(f"run: wrk failed: {done.stdout}{done.stderr}")
    seen = json.loads(line.removeprefix("BENCH "))
    return Load(
        requests=seen["requests"], seconds=seen["microseconds"] / 1e6, p50=seen["p50"] / 1e3, p99=seen["p99"] / 1e3,
        failures=seen["status"] + seen["connect"] + seen["read"] + seen["write"], timeouts=seen["timeout"],
        cpu_seconds=children_seconds() - before)


def children_seconds() -> float:
    """CPU time of all children of this program that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
