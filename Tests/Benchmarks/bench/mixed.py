"""Small pages beside large ones in one worker: what the CPU that the large ones take costs the small ones."""

import dataclasses
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import gatewayd, load, processes, procfs
from .case import Case
from .figures import Figures
from .measure import proven
from .running import Running
from .servers import SERVERS
from .upstream import Upstream

LEAD_SECONDS = 1  # of the large load before the window, and at least as much after it


@dataclass(frozen=True)
class MixedTurn:
    """One round with a fresh gatewayd: the small page alone, then beside the large one.

    The small page's upstream and load share a core with the large one's, but go first there: the gateway is measured,
    not the hunger of what feeds it.
    """

    case: Case
    small: Upstream  # started with `processes.first()`
    large: Upstream
    scratch: Path
    warm_up: int  # seconds
    seconds: int

    def measure(self) -> dict[str, Figures]:
        """By row."""
        task = dataclasses.replace(self.small.task(self.case.page), beside=self.large.task(self.case.beside))
        running = Running(SERVERS["gatewayd"], self.case.server_cores, self.scratch, task)
        try:
            running.check_answer()
            size = running.check_answer_beside()
            self._load(running, self.warm_up)
            alone = self._window(running)
            alone |= {"lag": gatewayd.loop_lag(running.place), "large": 0, "megabytes": 0}
            beside = self._beside(running, size)
            running.check_answer()
            running.check_answer_beside()
            return {"alone": alone, "beside": beside}
        finally:
            running.stop()

    def _beside(self, running: Running, size: int) -> Figures:
        """The window under the large load, of whose answers each has so many bytes."""
        log, calls = running.place / "wrk", self.large.calls()
        seconds = self.seconds + 2 * LEAD_SECONDS
        other = load.start(self.case.other_cores, running.url_beside, self.case.connections, seconds,
                           self.case.beside.timeout, log)
        time.sleep(LEAD_SECONDS)
        figures = self._window(running, other)
        if other.poll() is not None:
            raise SystemExit(f"run: the large load of {self.case.name} ended before the window: {log.read_text()}")
        figures["lag"] = gatewayd.loop_lag(running.place)
        seen = load.finish(other, seconds, log)
        proven(self.large.calls() - calls, seen.requests, f"gatewayd's large page in {self.case.name}")
        if seen.bytes < seen.requests * size:
            raise SystemExit(f"run: {seen.requests} large pages of {size} bytes cannot be {seen.bytes} bytes together")
        figures["failures"] += seen.failures
        figures["timeouts"] += seen.timeouts
        figures["failed"] += seen.failures + seen.timeouts
        return figures | {"large": seen.requests / seen.seconds, "megabytes": seen.bytes / seen.seconds / 1e6}

    def _window(self, running: Running, other: subprocess.Popen | None = None) -> Figures:
        """What the small page's clients see, while the other load runs or without one."""
        known = [process.pid for process in (self.small.process, self.large.process, other) if process]
        calls, begin = self.small.calls(), time.monotonic()
        server, machine, ours = self._spent(running, known)
        seen = self._load(running, self.seconds)
        server, machine, ours = (after - before for after, before in zip(
            self._spent(running, known), (server, machine, ours)))
        elapsed = time.monotonic() - begin
        calls = proven(self.small.calls() - calls, seen.requests, f"gatewayd in {self.case.name}")
        others = machine - server - ours - seen.cpu_seconds
        return {
            "rate": seen.requests / seen.seconds, "p50": seen.p50, "p99": seen.p99, "failures": seen.failures,
            "timeouts": seen.timeouts, "failed": seen.failures + seen.timeouts, "core": server / elapsed,
            "calls": calls / seen.requests, "others": max(0.0, others / elapsed / procfs.cores())}

    def _spent(self, running: Running, known: list[int]) -> tuple[float, float, float]:
        """CPU seconds so far: of the server, of the whole machine, of what else belongs to this measurement."""
        return (procfs.cpu_seconds(running.process.pid), procfs.machine_seconds(),
                sum(procfs.cpu_seconds(pid) for pid in known))

    def _load(self, running: Running, seconds: int) -> load.Load:
        return load.run(self.case.other_cores, running.url, self.case.connections, seconds, self.case.page.timeout,
                        processes.first())
