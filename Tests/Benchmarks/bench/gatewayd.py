"""How gatewayd is configured for a task, whether the one that is measured knows all of it, what it says of itself."""

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path

from . import paths, processes
from .page import NAMES, Task

FILE = "gatewayd.yaml"


def configuration(place: Path, port: int, task: Task, workers: int = 1, engine: str | None = None) -> Path:
    """Writes it; a key is only there when it has to be, so that an older gatewayd is measured too."""
    asked = {"page": task} | ({"large": task.beside} if task.beside else {})
    file = place / FILE
    file.write_text(
        f"listen: [127.0.0.1:{port}]\n"
        f"admin: 127.0.0.1:{processes.free_port()}\n"
        f"control: {place}/control.sock\n"
        f"workers: {workers}\n"
        "access_log: false\n"
        "upstreams:\n" + "".join(_upstream(name, one, engine) for name, one in asked.items())
        + "routes:\n" + "".join(_route(name, one) for name, one in asked.items()))
    return file


def _upstream(name: str, task: Task, engine: str | None) -> str:
    keys = f"servers: [{task.origin}]"
    keys += f", engine: {engine}" if engine else ""
    keys += f", tls: {{ ca: {task.authority} }}" if task.page.tls else ""
    return f"  {name}: {{ {keys} }}\n"


def _route(name: str, task: Task) -> str:
    if task.page.proxied:
        return f"  - {{ path: /{name}, proxy: {{ upstream: {name}, path: {task.page.prefix}/{NAMES[0]} }} }}\n"
    kind = ", as: text" if task.page.text else ""
    return (f"  - path: /{name}\n    methods: [GET]\n    timeout: {task.page.timeout}s\n    merge: group\n"
            "    fan_out:\n"
            + "".join(f"      - {{ name: {call}, upstream: {name}, path: {task.page.prefix}/{call}{kind} }}\n"
                      for call in NAMES))


def loop_lag(place: Path) -> float:
    """The 99th percentile since the start, in milliseconds, of the one that runs in this directory with one worker."""
    admin = re.search(r"^admin: (\S+)$", (place / FILE).read_text(), re.MULTILINE)[1]
    with urllib.request.urlopen(f"http://{admin}/stats", timeout=10) as answer:
        return float(json.load(answer)["workers"][0]["loop_lag_ms"]["p99"])


def objection(file: Path) -> str | None:
    """Why it cannot be measured with this configuration; nil when it can. Any but an unknown key ends the run."""
    program = paths.gatewayd()
    if not (program.is_file() and os.access(program, os.X_OK)):
        return f"no gatewayd at {program}"
    done = subprocess.run([str(program), "check", "--config", str(file)], capture_output=True, text=True, timeout=20)
    if done.returncode == 0:
        return None
    said = (done.stdout + done.stderr).replace(f"{file}:", "")
    if "unknown key" not in said:
        raise SystemExit(f"run: gatewayd refuses its configuration: {said}")
    return said.splitlines()[0]
