"""The load: wrk, and what it saw."""

import json
import resource
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .paths import BENCHMARKS, program

GRACE_SECONDS = 20  # wrk ends by itself; if not, it is killed and the run ends


@dataclass(frozen=True)
class Load:
    """What one run of wrk saw; latencies in milliseconds."""

    requests: int
    bytes: int  # read, heads and answers cut off at the end included
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
    command = processes.pinned(cores, [*watcher, *_wrk(url, connections, seconds, answer_seconds)])
    before = children_seconds()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"run: wrk did not end {GRACE_SECONDS} s after its time") from None
    return _seen(done.stdout + done.stderr, children_seconds() - before)


def start(cores: str, url: str, connections: int, seconds: int, answer_seconds: int, log: Path) -> subprocess.Popen:
    """The same without waiting for the end."""
    return processes.start(cores, _wrk(url, connections, seconds, answer_seconds), log)


def finish(process: subprocess.Popen, seconds: int, log: Path) -> Load:
    """What it saw, once it has ended, which has to be within so many seconds and some grace."""
    before = children_seconds()
    try:
        process.wait(seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"run: wrk did not end {GRACE_SECONDS} s after its time") from None
    return _seen(log.read_text(), children_seconds() - before)


def _wrk(url: str, connections: int, seconds: int, answer_seconds: int) -> list[str]:
    return [program("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", f"--timeout={answer_seconds}s",
            "-s", str(BENCHMARKS / "bench/report.lua"), url]


def _seen(output: str, cpu_seconds: float) -> Load:
    line = next((line for line in output.splitlines() if line.startswith("BENCH ")), None)
    if line is None:
        raise SystemExit(f"run: wrk failed: {output}")
    seen = json.loads(line.removeprefix("BENCH "))
    return Load(
        requests=seen["requests"], bytes=seen["bytes"], seconds=seen["microseconds"] / 1e6, p50=seen["p50"] / 1e3,
        p99=seen["p99"] / 1e3,
        failures=seen["status"] + seen["connect"] + seen["read"] + seen["write"], timeouts=seen["timeout"],
        cpu_seconds=cpu_seconds)


def children_seconds() -> float:
    """CPU time of all children of this program that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
