"""Waiting for a condition, always with an end."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path


class NotReady(Exception):
    """What was waited for did not come; the message says what and shows the end of the log."""


def until(condition: Callable[[], bool], seconds: float, what: str, process: subprocess.Popen, log: Path) -> None:
    """Returns once the condition holds; raises NotReady when the process ends first or the time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        if process.poll() is not None:
            raise NotReady(f"{what}: ended with status {process.returncode}\n{_end(log)}")
        time.sleep(0.02)
    raise NotReady(f"{what}: not ready after {seconds} s\n{_end(log)}")


def _end(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-10:])
