"""One measurement: a fresh server, its answer checked, warmed up, loaded or left idle, stopped."""

import asyncio
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import load, procfs
from .case import Case
from .clients import Clients
from .figures import Figures
from .page import NAMES
from .running import Running
from .servers import Server
from .upstream import Upstream

FIRST_CLIENTS = 500  # before the idle connections that are weighed
SETTLE_SECONDS = 2.0  # before idle connections are weighed: garbage of their requests may be collected until then


@dataclass(frozen=True)
class Turn:
    """One server's turn in one case."""

    case: Case
    server: Server
    upstream: Upstream
    scratch: Path
    warm_up: int  # seconds
    seconds: int

    def measure(self) -> Figures:
        """Only the measured server runs beside the upstream, so that no other one's connections or timers disturb."""
        running = Running(self.server, self.case.server_cores, self.scratch, self.upstream.task(self.case.page))
        try:
            running.check_answer()
            figures = self._idle(running) if self.case.kind == "idle" else self._loaded(running)
            running.check_answer()
            return figures
        finally:
            running.stop()

    def _loaded(self, running: Running) -> Figures:
        before = procfs.resident_bytes(running.process.pid)
        cold = 0  # failures of the requests that fill the pool
        if self.case.warm_pool:
            cold = asyncio.run(_fill_pool(running.port, self.case))
        else:
            self._load(running, self.warm_up)
        seconds = max(self.seconds, self.case.least_seconds)
        calls = self.upstream.calls()
        server_cpu = procfs.cpu_seconds(running.process.pid)
        upstream_cpu = procfs.cpu_seconds(self.upstream.process.pid)
        machine_cpu = procfs.machine_seconds()
        begin = time.monotonic()
        under_load: list[tuple[int, int]] = []  # late in the window: memory, calls that the upstream is at
        look = threading.Timer(seconds * 0.8, lambda: under_load.append(
            (procfs.resident_bytes(running.process.pid), self.upstream.in_progress())))
        look.start()
        seen = self._load(running, seconds)
        server_cpu = procfs.cpu_seconds(running.process.pid) - server_cpu
        elapsed = time.monotonic() - begin
        machine_cpu = procfs.machine_seconds() - machine_cpu
        upstream_cpu = procfs.cpu_seconds(self.upstream.process.pid) - upstream_cpu
        look.join()
        resident, in_flight = under_load[0]
        calls = proven(self.upstream.calls() - calls, seen.requests, f"{self.server.name} in {self.case.name}",
                       len(self.case.page.calls))
        others = machine_cpu - server_cpu - upstream_cpu - seen.cpu_seconds
        figures = {
            "rate": seen.requests / seen.seconds, "cpu": server_cpu / seen.requests * 1e6, "p50": seen.p50,
            "p99": seen.p99, "failures": seen.failures + cold, "timeouts": seen.timeouts,
            "failed": seen.failures + seen.timeouts + cold, "resident": resident,
            "core": server_cpu / elapsed, "calls": calls / seen.requests, "in_flight": in_flight,
            "throughput": seen.requests * self.case.page.body_bytes / server_cpu / 1e6,
            "others": max(0.0, others / elapsed / procfs.cores())}
        if self.case.memory_shares:
            figures["memory"] = (resident - before) / self.case.memory_shares
        return figures

    def _idle(self, running: Running) -> Figures:
        calls = self.upstream.calls()
        failures, before, after = asyncio.run(_rest(running, self.case))
        proven(self.upstream.calls() - calls, self.case.connections + FIRST_CLIENTS - failures,
               f"{self.server.name} in {self.case.name}")
        return {"memory": (after - before) / self.case.memory_shares, "resident": after, "failures": failures,
                "failed": failures}

    def _load(self, running: Running, seconds: int) -> load.Load:
        return load.run(self.case.other_cores, running.url, self.case.connections, seconds, self.case.page.timeout)


def proven(calls: int, requests: int, who: str, each: int = len(NAMES)) -> int:
    """The calls; ends the run when they are too few for the requests, or when there were none."""
    if requests == 0:
        raise SystemExit(f"run: {who} completed no request")
    if calls < requests * each:
        raise SystemExit(f"run: {who} made {calls} calls for {requests} requests: it cheats")
    return calls


async def _fill_pool(port: int, case: Case) -> int:
    """How many failed of one request on each connection, all at once, after which the server has its pool."""
    clients = Clients()
    await clients.request(port, case.connections, at_once=case.connections, seconds=case.page.timeout + 1)
    failures = clients.failures  # before they are closed here, which a client cannot tell from being closed there
    clients.close()
    return failures


async def _rest(running: Running, case: Case) -> tuple[int, int, int]:
    """How many failed, and the server's memory without and with the case's connections.

    Other connections come first and stay, which pays what is paid once; a warm-up at full speed would not do, as the
    heap that it leaves behind has room for many connections.
    """
    clients = Clients()
    weights = []
    for count in (FIRST_CLIENTS, case.connections):
        await clients.request(running.port, count, at_once=64, seconds=case.page.timeout)
        await asyncio.sleep(SETTLE_SECONDS)
        weights.append(procfs.resident_bytes(running.process.pid))
    failures = clients.failures
    clients.close()
    return failures, weights[0], weights[1]
