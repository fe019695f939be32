"""The servers that are measured: how each is started on a port of its own for a task."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import gatewayd, nginx, paths
from .page import Task


@dataclass(frozen=True)
class Launch:
    """What to run."""

    command: list[str]
    environment: dict[str, str]


@dataclass(frozen=True)
class Server:
    """A server by its short name; `launch` gets a directory of its own, the port to listen on, and what to do."""

    name: str
    title: str
    launch: Callable[[Path, int, Task], Launch]

    def objection(self, task: Task) -> str | None:
        """Why it cannot do the task; nil when it can."""
        if not self.name.startswith("gatewayd"):
            return None
        with tempfile.TemporaryDirectory(prefix="gatewayd-check-") as place:
            command = self.launch(Path(place), 1, task).command
            return gatewayd.objection(Path(command[-1]))


def _gatewayd(workers: int = 1, engine: str | None = None) -> Callable[[Path, int, Task], Launch]:
    def launch(place: Path, port: int, task: Task) -> Launch:
        file = gatewayd.configuration(place, port, task, workers, engine)
        return Launch([str(paths.gatewayd()), "--config", str(file)], {})
    return launch


def _go(_place: Path, port: int, task: Task) -> Launch:
    command = [str(paths.GO_PEER), "-listen", f"127.0.0.1:{port}", "-upstream", task.origin + task.page.prefix,
               "-timeout", f"{task.page.timeout}s", f"-text={str(task.page.text).lower()}"]
    command += ["-proxy"] if task.page.proxied else []
    return Launch([*command, "-ca", str(task.authority)] if task.page.tls else command, {"GOMAXPROCS": "1"})


def _node(_place: Path, port: int, task: Task) -> Launch:
    script = str(paths.BENCHMARKS / "peers/node/server.js")
    return Launch([paths.program("node"), script, str(port), "127.0.0.1", _port(task)], {"NODE_ENV": "production"})


def _nginx_lua(place: Path, port: int, task: Task) -> Launch:
    return Launch(nginx.command("peers/nginx-lua/nginx.conf", place, {
        "LISTEN": f"127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{_port(task)}"}), {})


def _nginx(place: Path, port: int, task: Task) -> Launch:
    return Launch(nginx.command("peers/nginx-proxy/nginx.conf", place, {
        "LISTEN": f"127.0.0.1:{port}", "UPSTREAM": f"127.0.0.1:{_port(task)}", "PATH": f"{task.page.prefix}/a",
        # Its own are right for what is small, and cost it half of its throughput with what is large.
        "BUFFERS": "proxy_buffer_size 64k; proxy_buffers 8 64k; proxy_busy_buffers_size 128k;" if task.page.text else ""}), {})


def _c(program: Path) -> Callable[[Path, int, Task], Launch]:
    def launch(_place: Path, port: int, task: Task) -> Launch:
        return Launch([str(program), str(port), _port(task), str(task.page.timeout)], {})
    return launch


def _port(task: Task) -> str:
    return task.origin.rsplit(":", 1)[1]


SERVERS = {server.name: server for server in (
    Server("gatewayd", "gatewayd, one worker", _gatewayd()),
    Server("gatewayd-2", "gatewayd, two workers", _gatewayd(workers=2)),
    Server("gatewayd-libcurl", "gatewayd, `engine: libcurl`", _gatewayd(engine="libcurl")),
    Server("go", "Go net/http", _go),
    Server("node", "Node http", _node),
    Server("nginx-lua", "nginx + Lua capture_multi", _nginx_lua),
    Server("nginx", "nginx proxy_pass", _nginx),
    Server("epoll-c", "bare epoll in C", _c(paths.EPOLL_PEER)),
    Server("libcurl-c", "libcurl in C", _c(paths.LIBCURL_PEER)),
)}
