"""Starts programs in sessions of their own, pinned to cores, and leaves none of them behind."""

import atexit
import os
import resource
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path

from . import procfs
from .paths import program

STOP_SECONDS = 10  # after SIGTERM; then SIGKILL
_running: list[subprocess.Popen] = []


def pinned(cores: str, command: list[str]) -> list[str]:
    """The command on these cores ("0" or "0,1"), told to end when this program dies without an exit handler."""
    return [program("setpriv"), "--pdeathsig", "TERM", program("taskset"), "-c", cores, *command]


@cache
def first() -> list[str]:
    """What runs the command behind it with preference (nice -10); nothing, and a word, where that is not allowed."""
    command = [program("nice"), "-n", "-10"]
    said = subprocess.run([*command, program("nice")], capture_output=True, text=True, timeout=10).stdout
    if said.strip() == "-10":  # nice without a command says its own
        return command
    print("run: may not use nice -10 (root may): p99 is not the gateway's alone, as in mixed the small page's own "
          "upstream and load wait for the large's, and in policies all wait for what else runs", file=sys.stderr)
    return []


def start(cores: str, command: list[str], log: Path, environment: dict[str, str] | None = None) -> subprocess.Popen:
    """Starts a program whose output goes to `log`; its pid is also the id of its session and process group."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            pinned(cores, command), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, **(environment or {})}, start_new_session=True)
    _running.append(process)
    return process


def stop(process: subprocess.Popen) -> None:
    """Ends the program and everything it started: SIGTERM, a bounded wait, SIGKILL to what is left."""
    descendants = procfs.tree(process.pid)
    if process.poll() is None:
        _signal(process.pid, signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"run: {process.args[6]} did not end within {STOP_SECONDS} s of SIGTERM: killed", file=sys.stderr)
    for identity in descendants & procfs.alive():
        _signal(identity.pid, signal.SIGKILL)
    process.wait(STOP_SECONDS)
    if process in _running:
        _running.remove(process)


def stop_all() -> None:
    """Ends every program that is still running."""
    for process in reversed(_running.copy()):
        stop(process)


def guard() -> None:
    """From here on no way out of this program leaves a process behind."""
    atexit.register(stop_all)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)


def free_port() -> int:
    """A port the kernel has just found free on 127.0.0.1; to be handed to its program at once."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def raise_descriptor_limit(needed: int) -> None:
    """For this program and all it starts; ends the run where the system allows fewer."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(f"these cases need {needed} descriptors, ulimit -Hn allows {hard}")


def _leave(number: int, _frame: object) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one must not cut the clean-up short; it is bounded
    sys.exit(128 + number)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass
