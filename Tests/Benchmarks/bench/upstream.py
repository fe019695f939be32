"""The upstream that every server calls: nginx with five small JSON answers."""

import json
import subprocess
import urllib.request
from pathlib import Path

from . import processes
from .paths import BENCHMARKS, fill, program
from .wait import until

NAMES = ("a", "b", "c", "d", "e")


def part(name: str) -> str:
    """One upstream answer: about 190 bytes of JSON with a string, numbers, an array and an object in it."""
    body = {"id": NAMES.index(name) + 1, "name": f"part {name}", "tags": ["fan-out", "gateway", "benchmark"],
            "price": {"amount": 1299.5, "currency": "EUR"}, "available": True, "note": "x" * 60}
    return json.dumps(body, separators=(",", ":"))


def merged() -> dict[str, object]:
    """The answer that every server has to give, parsed."""
    return {name: json.loads(part(name)) for name in NAMES}


class Upstream:
    """A running nginx with one worker."""

    def __init__(self, core: int, directory: Path) -> None:
        self.port = processes.free_port()
        directory.mkdir()
        values = {"DIRECTORY": str(directory), "LISTEN": f"127.0.0.1:{self.port}"}
        values |= {f"PART_{name.upper()}": part(name) for name in NAMES}
        configuration = fill(BENCHMARKS / "upstream/nginx.conf", directory / "nginx.conf", values)
        self.log = directory / "log"
        self.process: subprocess.Popen = processes.start(
            core, [program("nginx"), "-p", str(directory), "-c", str(configuration)], self.log)
        until(self._answers, seconds=10, what=f"the upstream on port {self.port}", process=self.process, log=self.log)

    def calls(self) -> int:
        """How many requests it has answered so far, this question not counted."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/status", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        self._asked += 1
        return int(lines[2].split()[2]) - self._asked

    _asked = 0

    def _answers(self) -> bool:
        try:
            self.calls()
        except OSError:
            return False
        return True
