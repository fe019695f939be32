"""One measurement: a fresh server, its answer checked, warmed up, loaded, stopped."""

import time
from dataclasses import dataclass
from pathlib import Path

from . import load, procfs
from .servers import Running, Server
from .upstream import NAMES, Upstream

SERVER_CORE = 0
OTHER_CORE = 1  # upstream and load


@dataclass(frozen=True)
class Sample:
    """The figures of one server under one load, once."""

    requests_per_second: float
    cpu_microseconds: float  # per request, of the server's whole process tree
    p50: float  # milliseconds
    p99: float
    failures: int
    timeouts: int
    resident_bytes: int  # at the end of the window
    core_share: float  # of its core that the server used: below 0.9 something else was the limit
    calls_per_request: float  # seen at the upstream: a little over 5, as requests cut off at the end made calls too
    others_share: float  # of all cores, used by processes that are no part of the measurement


def measure(server: Server, connections: int, warm_up: int, seconds: int, upstream: Upstream, scratch: Path) -> Sample:
    """Only the measured server runs beside the upstream, so that no other one's idle connections or timers disturb."""
    running = Running(server, SERVER_CORE, scratch, upstream)
    try:
        running.check_answer()
        load.run(OTHER_CORE, running.url, connections, warm_up)
        sample = _window(running, connections, seconds, upstream)
        running.check_answer()
        return sample
    finally:
        running.stop()


def _window(running: Running, connections: int, seconds: int, upstream: Upstream) -> Sample:
    calls = upstream.calls()
    server_cpu = procfs.cpu_seconds(running.process.pid)
    upstream_cpu = procfs.cpu_seconds(upstream.process.pid)
    machine_cpu = procfs.machine_seconds()
    begin = time.monotonic()
    seen = load.run(OTHER_CORE, running.url, connections, seconds)
    server_cpu = procfs.cpu_seconds(running.process.pid) - server_cpu
    elapsed = time.monotonic() - begin
    machine_cpu = procfs.machine_seconds() - machine_cpu
    upstream_cpu = procfs.cpu_seconds(upstream.process.pid) - upstream_cpu
    calls = upstream.calls() - calls
    if seen.requests == 0:
        raise SystemExit(f"run: {running.server.name} completed no request at {connections} connections")
    if calls < seen.requests * len(NAMES):
        raise SystemExit(f"run: {running.server.name} made {calls} calls for {seen.requests} requests: it cheats")
    others = machine_cpu - server_cpu - upstream_cpu - seen.cpu_seconds
    return Sample(
        requests_per_second=seen.requests / seen.seconds,
        cpu_microseconds=server_cpu / seen.requests * 1e6,
        p50=seen.p50, p99=seen.p99, failures=seen.failures, timeouts=seen.timeouts,
        resident_bytes=procfs.resident_bytes(running.process.pid),
        core_share=server_cpu / elapsed, calls_per_request=calls / seen.requests,
        others_share=max(0.0, others / elapsed / _cores()))


def _cores() -> int:
    return sum(1 for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu")) - 1
