"""How gatewayd is configured for a task, and whether the one that is measured knows all of it."""

import os
import subprocess
from pathlib import Path

from . import paths, processes
from .page import NAMES, Task


def configuration(place: Path, port: int, task: Task, workers: int = 1, engine: str | None = None) -> Path:
    """Writes it; a key is only there when it has to be, so that an older gatewayd is measured too."""
    kind = ", as: text" if task.page.text else ""
    calls = "".join(f"      - {{ name: {name}, upstream: parts, path: {task.page.prefix}/{name}{kind} }}\n"
                    for name in NAMES)
    upstream = f"servers: [{task.origin}]"
    upstream += f", engine: {engine}" if engine else ""
    upstream += f", tls: {{ ca: {task.authority} }}" if task.page.tls else ""
    file = place / "gatewayd.yaml"
    file.write_text(
        f"listen: [127.0.0.1:{port}]\n"
        f"admin: 127.0.0.1:{processes.free_port()}\n"
        f"control: {place}/control.sock\n"
        f"workers: {workers}\n"
        "access_log: false\n"
        f"upstreams:\n  parts: {{ {upstream} }}\n"
        f"routes:\n  - path: /page\n    methods: [GET]\n    timeout: {task.page.timeout}s\n    merge: group\n"
        "    fan_out:\n" + calls)
    return file


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
