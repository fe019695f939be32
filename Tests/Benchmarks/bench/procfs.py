"""What /proc says about a process tree and about the machine (proc(5))."""

import os
from pathlib import Path
from typing import NamedTuple

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Identity(NamedTuple):
    """A process, told apart from a later one with the same pid by its start time (ticks since boot)."""

    pid: int
    started: int


class Stat(NamedTuple):
    """The fields of /proc/PID/stat that matter here."""

    identity: Identity
    parent: int
    session: int
    ticks: int  # user and system time, its own and that of the children it has waited for
    resident: int  # bytes


def tree(root: int) -> set[Identity]:
    """The process, its descendants, and whoever else is in the session it leads."""
    return {stat.identity for stat in _tree(root)}


def alive() -> set[Identity]:
    """Every process there is."""
    return {stat.identity for stat in _all()}


def cpu_seconds(root: int) -> float:
    """CPU time of the whole tree so far.

    With the time of reaped children in it, the difference between two readings stays right when a child ends between
    them: what it had used moves from its own line to its parent's.
    """
    return sum(stat.ticks for stat in _tree(root)) / TICKS_PER_SECOND


def resident_bytes(root: int) -> int:
    """Resident memory of the whole tree; pages that its processes share count in each."""
    return sum(stat.resident for stat in _tree(root))


def machine_seconds() -> float:
    """CPU time that all processes on all cores have used, interrupts included, idle time and stolen time not."""
    first = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _wait, interrupt, soft_interrupt = (int(field) for field in first[:7])
    return (user + nice + system + interrupt + soft_interrupt) / TICKS_PER_SECOND


def cores() -> int:
    """How many the machine has."""
    return sum(1 for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu")) - 1


def _tree(root: int) -> list[Stat]:
    everything = _all()
    members = {root}
    grown = True
    while grown:  # ends: each pass adds a process or is the last
        more = {s.identity.pid for s in everything if s.parent in members or s.session == root} - members
        members |= more
        grown = bool(more)
    return [stat for stat in everything if stat.identity.pid in members]


def _all() -> list[Stat]:
    found = (_read(int(name)) for name in os.listdir("/proc") if name.isdigit())
    return [stat for stat in found if stat is not None]


def _read(pid: int) -> Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None  # ended since the directory was listed
    fields = text[text.rindex(")") + 2:].split()  # the name before it may hold anything; [0] is field 3
    return Stat(
        Identity(pid, int(fields[19])), parent=int(fields[1]), session=int(fields[3]),
        ticks=sum(int(field) for field in fields[11:15]), resident=int(fields[21]) * PAGE_BYTES)
