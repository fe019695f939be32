"""A server that listens and has given the right answer."""

import http.client
import json
import subprocess
from pathlib import Path

from . import processes
from .page import NAMES, Task
from .servers import Server
from .wait import NotReady, until

READY_SECONDS = 20
ATTEMPTS = 3  # a port found free may be taken before its program binds it


class Running:
    """One server at work on one task."""

    def __init__(self, server: Server, cores: str, directory: Path, task: Task) -> None:
        self.server, self.task = server, task
        for attempt in range(ATTEMPTS):
            self.port = processes.free_port()
            self.place = directory / f"{server.name}-{self.port}"
            self.place.mkdir(exist_ok=True)  # a port may come a second time
            try:
                self.process = self._start(cores, self.place)
                return
            except NotReady as failure:
                if attempt == ATTEMPTS - 1 or "ddress already in use" not in str(failure):
                    raise SystemExit(f"run: {failure}") from None

    @property
    def url(self) -> str:
        """The page that is measured."""
        return f"http://127.0.0.1:{self.port}/page"

    @property
    def url_beside(self) -> str:
        """The one that is asked for meanwhile, where the task has one."""
        return f"http://127.0.0.1:{self.port}/large"

    def check_answer(self) -> None:
        """Ends the run when the answer is not the one that all servers have to give, members in order included."""
        self._check(self.task, "/page")

    def check_answer_beside(self) -> int:
        """The same of the other page; the bytes of its body."""
        return self._check(self.task.beside, "/large")

    def stop(self) -> None:
        """Ends it and all it started."""
        processes.stop(self.process)

    def _check(self, task: Task, path: str) -> int:
        status, body = self._ask(task, path)
        if task.page.proxied:
            if status != 200 or body.decode() != task.page.body(NAMES[0]):
                raise SystemExit(f"run: {self.server.name} answered {status} {body[:300]!r}, not what was to be passed on")
            return len(body)
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if status != 200 or answer != task.page.merged() or list(answer) != list(NAMES):
            raise SystemExit(f"run: {self.server.name} answered {status} {body[:300]!r}, not the five parts merged")
        return len(body)

    def _start(self, cores: str, place: Path) -> subprocess.Popen:
        launch = self.server.launch(place, self.port, self.task)
        process = processes.start(cores, launch.command, place / "log", launch.environment)
        try:
            until(self._ready, READY_SECONDS, f"{self.server.name} on port {self.port}", process, place / "log")
        except NotReady:
            processes.stop(process)
            raise
        return process

    def _ready(self) -> bool:
        try:
            return self._ask(self.task, "/page")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _ask(self, task: Task, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=task.page.timeout + 3)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
