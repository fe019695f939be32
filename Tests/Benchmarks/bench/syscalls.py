"""System calls by name and number per request, counted by the kernel's tracepoints, which hardly slow the server."""

from pathlib import Path

from .samples import Shares, pids

Counts = dict[str, float]  # per request, by system call
LEAST = 0.005  # per request, and of the CPU; rarer ones are not shown
_EVENT = "syscalls:sys_enter_"


def watcher(root: int, report: Path) -> list[str]:
    """Counts those of the process tree for as long as the command runs that is put behind this."""
    return ["perf", "stat", "-x", ",", "-e", f"{_EVENT}*", "-p", pids(root), "-o", str(report), "--"]


def per_request(report: Path, requests: float) -> Counts:
    """Of what perf wrote: `COUNT,,EVENT,…` lines."""
    rows = [line.split(",") for line in report.read_text().splitlines() if _EVENT in line]
    counts = {row[2].removeprefix(_EVENT): int(row[0]) / requests for row in rows if row[0].isdigit() and row[0] != "0"}
    if not counts:
        raise SystemExit(f"profile: perf counted nothing: {report.read_text()[:500]}")
    return counts


def table(counts: Counts, shares: Shares) -> str:
    """Markdown, most CPU first."""
    whole = sum(shares.values())
    spent = {group.removeprefix("kernel: "): count / whole for group, count in shares.items()
             if group.startswith("kernel")}
    names = sorted(counts.keys() | spent.keys(), key=lambda name: (-spent.get(name, 0), -counts.get(name, 0)))
    return "\n".join(["| system call | per request | share of CPU |", "| --- | ---: | ---: |", *(
        f"| {name} | {f'{counts[name]:.2f}' if name in counts else ''} | {spent.get(name, 0):.1%} |"
        for name in names if counts.get(name, 0) >= LEAST or spent.get(name, 0) >= LEAST)])
