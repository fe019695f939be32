"""A gatewayd with the policies of a case."""

import json
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from bench import processes
from bench.page import NAMES
from bench.paths import gatewayd
from bench.wait import NotReady, until

CORE = "0"


class Gateway:
    """A running gatewayd with one page, of which every call is required."""

    def __init__(self, place: Path, servers: Sequence[str], calls: int = 1, policies: str = "", route: str = "",
                 limits: str = "", workers: int = 1) -> None:
        """`policies`, `route` and `limits` are keys of the upstream, of the route and of `limits:`, in flow style."""
        place.mkdir(parents=True)
        self.port, self.admin = processes.free_port(), processes.free_port()
        file = place / "gatewayd.yaml"
        file.write_text(
            f"listen: [127.0.0.1:{self.port}]\nadmin: 127.0.0.1:{self.admin}\ncontrol: {place}/control.sock\n"
            f"workers: {workers}\naccess_log: false\n{f'limits: {{ {limits} }}' if limits else ''}\n"
            f"upstreams:\n  all: {{ servers: [{', '.join(servers)}]{', ' if policies else ''}{policies} }}\n"
            f"routes:\n  - {{ path: /page, methods: [GET], timeout: 2s, merge: group{', ' if route else ''}{route},\n"
            "      fan_out: [" + ", ".join(
                f"{{ name: {name}, upstream: all, path: /{name}, required: true }}" for name in NAMES[:calls])
            + "] }\n")
        self.process = processes.start(
            CORE, [*processes.first(), str(gatewayd()), "--config", str(file)], place / "log")
        try:
            until(self._is_ready, 20, "gatewayd", self.process, place / "log")
        except NotReady as failure:
            raise SystemExit(f"policies: {failure}") from None

    @property
    def url(self) -> str:
        """The page."""
        return f"http://127.0.0.1:{self.port}/page"

    def stats(self) -> dict:
        """What it says of itself."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/stats", timeout=10) as answer:
            return json.load(answer)

    def worker_nanoseconds(self) -> int:
        """CPU time of the workers so far (/proc/PID/schedstat, proc(5)), finer than the ticks of stat."""
        return sum(
            int(file.read_text().split()[0])
            for worker in self.stats()["workers"] for file in Path(f"/proc/{worker['pid']}/task").glob("*/schedstat"))

    def stop(self) -> None:
        """Ends it."""
        processes.stop(self.process)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/readyz", timeout=5):
                return self.stats()["supervisor"]["workers_ready"] == self.stats()["supervisor"]["workers_wanted"]
        except OSError:
            return False
