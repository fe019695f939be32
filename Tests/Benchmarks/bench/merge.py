"""The merge alone, without a server: `merge-bench` of the release build."""

import json
import subprocess
import time

from . import load, processes, procfs
from .figures import Figures
from .paths import merge_bench

SECONDS = 120  # it takes a few; then it is killed and the run ends


def measure(cores: str) -> dict[str, Figures]:
    """By name: gatewayd's merge, and Foundation doing the same."""
    machine, own, begin = procfs.machine_seconds(), load.children_seconds(), time.monotonic()
    try:
        done = subprocess.run(processes.pinned(cores, [str(merge_bench())]), capture_output=True, text=True,
                              timeout=SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        raise SystemExit(f"run: merge-bench did not end within {SECONDS} s") from None
    busy = procfs.machine_seconds() - machine - (load.children_seconds() - own)
    others = max(0.0, busy / (time.monotonic() - begin) / procfs.cores())  # they count: it goes by the clock
    try:
        said = json.loads(done.stdout.strip().splitlines()[-1])
        found = {"merge": said["mb_per_second"], "foundation": said["foundation_mb_per_second"]}
    except (ValueError, KeyError, IndexError):
        raise SystemExit(f"run: merge-bench: {done.stdout}{done.stderr}") from None
    return {name: {"megabytes": rate, "others": others} for name, rate in found.items()}
