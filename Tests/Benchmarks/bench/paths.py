"""Where things are, and what is missing here."""

import os
import re
import shutil
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
REPOSITORY = BENCHMARKS.parent.parent
OUT = BENCHMARKS / ".out"
GO_PEER = OUT / "fanout-go"
EPOLL_PEER = OUT / "fanout-epoll-c"
LIBCURL_PEER = OUT / "fanout-libcurl-c"
TRAFFIC = OUT / "traffic"
RESULTS = BENCHMARKS / "RESULTS.md"
POLICIES = BENCHMARKS / "POLICIES.md"
# Debian keeps nginx and some tools where a user's PATH does not look.
SEARCH = os.environ.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"


def gatewayd() -> Path:
    """The gatewayd to measure: $GATEWAYD, else the release build."""
    return Path(os.environ.get("GATEWAYD") or REPOSITORY / ".build/release/gatewayd").absolute()


def merge_bench() -> Path:
    """The program that measures the merge alone; it lies beside gatewayd or in the release build."""
    beside = gatewayd().parent / "merge-bench"
    return beside if beside.exists() else REPOSITORY / ".build/release/merge-bench"


def program(name: str) -> str:
    """The full path of a program; raises with the way to get it."""
    found = shutil.which(name, path=SEARCH)
    if found is None:
        raise SystemExit(f"run: {name} is not installed; Tests/Benchmarks/setup installs it")
    return found


def fill(template: Path, destination: Path, values: dict[str, str]) -> Path:
    """Writes the template with every @NAME@ replaced by its value; a name without a value raises KeyError."""
    text = re.sub(r"@([A-Z_]+)@", lambda match: values[match.group(1)], template.read_text())
    destination.write_text(text)
    return destination
