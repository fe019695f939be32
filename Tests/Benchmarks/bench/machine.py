"""What the figures were measured on: a figure without its machine and versions says little."""

import datetime
import hashlib
import os
import platform
import re
import subprocess
from pathlib import Path

from .paths import GO_PEER, gatewayd, program


def description() -> str:
    """A markdown list: machine, kernel, versions of all programs, date."""
    cores = os.cpu_count()
    lines = [
        f"- Date: {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d %H:%M} UTC",
        f"- Machine: {_cpu_model()}, {cores} cores, {_memory_gibibytes():.1f} GiB",
        f"- System: {_distribution()}, Linux {platform.release()}",
        f"- Programs: {', '.join(_versions())}",
    ]
    return "\n".join(lines)


def gatewayd_identity() -> str:
    """The hash of the program itself: a revision of the tree would not say what the program was built from."""
    with gatewayd().open("rb") as file:
        return f"sha256 {hashlib.file_digest(file, 'sha256').hexdigest()[:12]}"


def _versions() -> list[str]:
    nginx = _first_line([program("nginx"), "-v"]).removeprefix("nginx version: nginx/")
    wrk = _first_line([program("wrk"), "-v"]).split("[")[0].removeprefix("wrk ").strip()
    found = [f"nginx {nginx}", f"wrk {wrk}", f"Node {_first_line([program('node'), '--version']).lstrip('v')}"]
    if GO_PEER.exists():
        go = re.search(rb"go1\.[0-9.]+", GO_PEER.read_bytes())
        found.append(f"Go {go.group().decode()[2:] if go else 'unknown'}")
    libcurl = _first_line(["curl-config", "--version"]).removeprefix("libcurl ")
    found.append(f"libcurl {libcurl or 'unknown'}")
    found.append(f"cc {_first_line(['cc', '-dumpfullversion']) or 'unknown'}")
    module = _first_line(["dpkg-query", "-W", "-f", "${Version}", "libnginx-mod-http-lua"])
    found.append(f"lua-nginx-module {module or 'unknown'}")
    if gatewayd().exists():
        found.append(f"gatewayd {_first_line([str(gatewayd()), '--version'])} ({gatewayd_identity()})")
    return found


def _first_line(command: list[str]) -> str:
    """The first line a program prints, on whichever stream; empty when it is not there."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ((done.stdout or done.stderr).splitlines() or [""])[0].strip()


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def _memory_gibibytes() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()
