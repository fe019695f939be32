"""The upstream that every server calls: nginx with five answers of each kind."""

import re
import subprocess
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from . import nginx, processes
from .certificate import Certificate
from .page import NAMES, Page, Task, part
from .wait import until


class Upstream:
    """A running nginx with one worker."""

    def __init__(self, cores: str, directory: Path, certificate: Certificate, before: Sequence[str] = ()) -> None:
        """A command may be put before, which runs the one behind it."""
        self.port, self.tls_port, self.certificate = processes.free_port(), processes.free_port(), certificate
        for kind in ("text", "large"):
            (directory / kind).mkdir(parents=True)
            for name in NAMES:
                (directory / kind / name).write_text(Page(f"/{kind}").body(name))
        values = {"LISTEN": f"127.0.0.1:{self.port}", "LISTEN_TLS": f"127.0.0.1:{self.tls_port}",
                  "CERTIFICATE": str(certificate.chain), "KEY": str(certificate.key)}
        values |= {f"PART_{name.upper()}": part(name) for name in NAMES}
        self.log = directory / "log"
        self.process: subprocess.Popen = processes.start(
            cores, [*before, *nginx.command("upstream/nginx.conf", directory, values)], self.log)
        until(self._answers, seconds=10, what=f"the upstream on port {self.port}", process=self.process, log=self.log)

    def task(self, page: Page) -> Task:
        """What a server is told of that page."""
        origin = f"https://127.0.0.1:{self.tls_port}" if page.tls else f"http://127.0.0.1:{self.port}"
        return Task(page, origin, self.certificate.authority)

    def calls(self) -> int:
        """How many requests it has answered so far, questions about it not counted."""
        return int(self._status()[2].split()[2]) - self._asked

    def in_progress(self) -> int:
        """How many requests it is at, this question not counted."""
        reading, writing = re.findall(r"(?:Reading|Writing): ([0-9]+)", self._status()[3])
        return int(reading) + int(writing) - 1

    _asked = 0

    def _status(self) -> list[str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/status", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        self._asked += 1
        return lines

    def _answers(self) -> bool:
        try:
            self.calls()
        except OSError:
            return False
        return True
