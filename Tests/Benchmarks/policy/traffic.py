"""The upstream that can be slow or busy, and load by the clock: both are the Go program in `traffic`."""

import json
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import processes
from bench.paths import TRAFFIC
from bench.wait import until

CORE = "1"  # the server that is measured has core 0
GRACE_SECONDS = 30  # load ends by itself, once each answer is there or 10 s late


class Service:
    """A running upstream with so many ports."""

    def __init__(self, directory: Path, servers: int = 1, **flags: str) -> None:
        """Flags are those of `traffic upstream`, with `_` for `-`."""
        directory.mkdir(parents=True)
        self.log = directory / "log"
        options = [f"-{name.replace('_', '-')}={value}" for name, value in flags.items()]
        command = [*processes.first(), str(TRAFFIC), "upstream", f"-servers={servers}", *options]
        # One thread is enough, and leaves the core's other half to the load.
        self.process: subprocess.Popen = processes.start(CORE, command, self.log, {"GOMAXPROCS": "1"})
        until(lambda: self.log.read_text().endswith("\n"), 10, "the upstream", self.process, self.log)
        self.ports = [int(port) for port in self.log.read_text().split()[1:]]

    @property
    def urls(self) -> list[str]:
        """Of all its servers."""
        return [f"http://127.0.0.1:{port}" for port in self.ports]

    def calls(self) -> int:
        """How many it has answered or is at, questions about it not counted."""
        with urllib.request.urlopen(f"{self.urls[0]}/count", timeout=10) as answer:
            return int(answer.read())

    def stop(self) -> None:
        """Ends it."""
        processes.stop(self.process)


@dataclass(frozen=True)
class Seen:
    """What load by the clock saw; latencies in milliseconds, from when a request was due, of complete pages."""

    offered: int
    good: int  # complete pages that came with 200
    seconds: int
    statuses: dict[int, int]  # 0: no answer
    failed: list[tuple[int, int]]  # of all other pages: when it was due, in ns since 1970, and its status
    p50: float
    p99: float
    p995: float
    p999: float
    lag_p99: float  # how late requests were sent

    @property
    def rate(self) -> float:
        """Complete pages a second."""
        return self.good / self.seconds

    def count(self, status: int) -> int:
        """Pages that had it."""
        return self.statuses.get(status, 0)


def start(url: str, rate: int, seconds: int, log: Path, warm_up: int = 0) -> subprocess.Popen:
    """Sends so many requests a second, whatever becomes of those before."""
    command = [*processes.first(), str(TRAFFIC), "load", f"-url={url}", f"-rate={rate}", f"-seconds={seconds}",
               f"-warm-up={warm_up}"]
    return processes.start(CORE, command, log, {"GOMAXPROCS": "2"})  # the second waits in the kernel for the clock


def finish(process: subprocess.Popen, seconds: int, log: Path) -> Seen:
    """What it saw; it has to end within so many seconds and some grace."""
    try:
        process.wait(seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        raise SystemExit("policies: the load did not end") from None
    processes.stop(process)
    if process.returncode != 0:
        raise SystemExit(f"policies: the load failed: {log.read_text()[-500:]}")
    seen = json.loads(log.read_text())
    statuses = {int(status): count for status, count in seen.pop("statuses").items()}
    return Seen(seconds=seconds, statuses=statuses, **{key: value for key, value in seen.items() if key != "seconds"})


def load(url: str, rate: int, seconds: int, log: Path, warm_up: int = 0) -> Seen:
    """The same from begin to end."""
    log.unlink(missing_ok=True)
    process = start(url, rate, seconds, log, warm_up)
    try:
        process.wait(warm_up + seconds + GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        raise SystemExit("policies: the load did not end") from None
    return finish(process, seconds, log)
