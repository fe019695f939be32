"""The servers that are measured: how each is started on a port of its own over the upstream."""

import http.client
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import processes
from .paths import BENCHMARKS, GO_PEER, fill, gatewayd, program
from .upstream import NAMES, Upstream, merged
from .wait import NotReady, until

READY_SECONDS = 20
ATTEMPTS = 3  # a port found free may be taken before its program binds it


@dataclass(frozen=True)
class Launch:
    """What to run."""

    command: list[str]
    environment: dict[str, str]


@dataclass(frozen=True)
class Server:
    """A server by its short name; `launch` gets a directory of its own, the port to listen on, and the upstream's."""

    name: str
    title: str
    launch: Callable[[Path, int, int], Launch]


def _gatewayd(directory: Path, port: int, upstream: int) -> Launch:
    calls = "".join(f"      - {{ name: {name}, upstream: parts, path: /{name} }}\n" for name in NAMES)
    configuration = directory / "gatewayd.yaml"
    configuration.write_text(
        f"listen: [127.0.0.1:{port}]\n"
        f"admin: 127.0.0.1:{processes.free_port()}\n"
        f"control: {directory}/control.sock\n"
        "workers: 1\n"
        "access_log: false\n"
        f"upstreams:\n  parts: {{ servers: [http://127.0.0.1:{upstream}] }}\n"
        "routes:\n  - path: /page\n    methods: [GET]\n    timeout: 2s\n    merge: group\n    fan_out:\n" + calls)
    return Launch([str(gatewayd()), "--config", str(configuration)], {})


def _go(_directory: Path, port: int, upstream: int) -> Launch:
    return Launch([str(GO_PEER), f"127.0.0.1:{port}", f"http://127.0.0.1:{upstream}"], {"GOMAXPROCS": "1"})


def _node(_directory: Path, port: int, upstream: int) -> Launch:
    script = str(BENCHMARKS / "peers/node/server.js")
    return Launch([program("node"), script, str(port), "127.0.0.1", str(upstream)], {"NODE_ENV": "production"})


def _nginx_lua(directory: Path, port: int, upstream: int) -> Launch:
    modules = [f"load_module {path};" for name in ("ndk_http_module", "ngx_http_lua_module")
               if (path := Path(f"/usr/lib/nginx/modules/{name}.so")).exists()]
    configuration = fill(BENCHMARKS / "peers/nginx-lua/nginx.conf", directory / "nginx.conf", {
        "DIRECTORY": str(directory), "LISTEN": f"127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{upstream}",
        "MODULES": "\n".join(modules)})
    return Launch([program("nginx"), "-p", str(directory), "-c", str(configuration)], {})


SERVERS = (
    Server("gatewayd", "gatewayd, one worker", _gatewayd),
    Server("go", "Go net/http", _go),
    Server("node", "Node http", _node),
    Server("nginx-lua", "nginx + Lua capture_multi", _nginx_lua),
)


class Running:
    """A server that listens and has given the right answer."""

    def __init__(self, server: Server, core: int, directory: Path, upstream: Upstream) -> None:
        self.server = server
        for attempt in range(ATTEMPTS):
            self.port = processes.free_port()
            place = directory / f"{server.name}-{self.port}"
            place.mkdir()
            try:
                self.process = self._start(core, place, upstream.port)
                return
            except NotReady as failure:
                if attempt == ATTEMPTS - 1 or "ddress already in use" not in str(failure):
                    raise SystemExit(f"run: {failure}") from None

    @property
    def url(self) -> str:
        """The page that is measured."""
        return f"http://127.0.0.1:{self.port}/page"

    def check_answer(self) -> None:
        """Ends the run when the answer is not the one that all servers have to give, members in order included."""
        status, body = self._ask()
        try:
            answer = json.loads(body)
        except ValueError:
            answer = None
        if status != 200 or answer != merged() or list(answer) != list(NAMES):
            raise SystemExit(f"run: {self.server.name} answered {status} {body[:300]!r}, not the five parts merged")

    def stop(self) -> None:
        """Ends it and all it started."""
        processes.stop(self.process)

    def _start(self, core: int, place: Path, upstream: int) -> subprocess.Popen:
        launch = self.server.launch(place, self.port, upstream)
        process = processes.start(core, launch.command, place / "log", launch.environment)
        try:
            until(self._ready, READY_SECONDS, f"{self.server.name} on port {self.port}", process, place / "log")
        except NotReady:
            processes.stop(process)
            raise
        return process

    def _ready(self) -> bool:
        try:
            return self._ask()[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _ask(self) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/page")
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
