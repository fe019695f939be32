"""Samples of perf, put into groups by who ran: the kernel for which system call, libc, packages, our targets, …"""

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

from . import procfs
from .paths import REPOSITORY

Shares = Counter[str]  # samples by group; "kernel: NAME" for time in the system call NAME
PACKAGES = re.compile(r"^(_?NIO\w*|c_nio_\w+|CNIO\w*|llhttp\w*|DequeModule|Collections\w*|Atomics|_?AtomicsShims)\b")
_CALL = re.compile(r"^(?:__(?:x64|arm64|se|do)_sys|ksys)_(\w+)$")


def watcher(root: int, data: Path) -> list[str]:
    """Records the process tree for as long as the command runs that is put behind this; stacks tell the system call."""
    return ["perf", "record", "-q", "-e", "cpu-clock", "-F", "999", "-g", "-p", pids(root), "-o", str(data), "--"]


def pids(root: int) -> str:
    """The tree's, with commas between."""
    return ",".join(str(identity.pid) for identity in procfs.tree(root))


def shares(data: Path) -> Shares:
    """Samples by group."""
    done = subprocess.run(["perf", "script", "-i", str(data), "-F", "ip,sym,dso", "--no-demangle"],
                          capture_output=True, text=True, timeout=300)
    stacks = [stack.strip().splitlines() for stack in done.stdout.split("\n\n") if stack.strip()]
    if not stacks:
        raise SystemExit(f"profile: perf recorded nothing: {done.stderr}")
    frames = [[_frame(line) for line in stack] for stack in stacks]
    names = _demangled({name for stack in frames for name, _ in stack[:1] if name.startswith("$s")})
    return Counter(_group(stack, names) for stack in frames)


def table(found: Shares) -> str:
    """Markdown, largest share first; the kernel is one line, as its calls have a table of their own."""
    whole, grouped = sum(found.values()), Counter[str]()
    for group, count in found.items():
        grouped[group.split(":")[0]] += count
    return "\n".join(["| who | share of CPU |", "| --- | ---: |",
                      *(f"| {group} | {count / whole:.1%} |" for group, count in grouped.most_common())])


def _frame(line: str) -> tuple[str, str]:
    """Symbol and object of `  ADDRESS SYMBOL (OBJECT)`."""
    match = re.match(r"\s*[0-9a-f]+ (.*) \((.*)\)$", line)
    return (match[1], match[2]) if match else ("[unknown]", "")


def _demangled(names: set[str]) -> dict[str, str]:
    ordered = sorted(names)
    swift = shutil.which("swift") or "/opt/swift/usr/bin/swift"
    done = subprocess.run([swift, "demangle", "--compact"], input="\n".join(ordered), capture_output=True, text=True,
                          timeout=120)
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(ordered):
        raise SystemExit(f"profile: swift demangle failed: {done.stderr}")
    return dict(zip(ordered, lines))


def _group(stack: list[tuple[str, str]], names: dict[str, str]) -> str:
    symbol, place = stack[0]
    if place == "[kernel.kallsyms]":
        calls = (match[1] for name, where in stack if where == place and (match := _CALL.match(name)))
        return f"kernel: {next(calls, 'interrupts, scheduling, entry')}"
    library = Path(place).name
    for prefix, group in (("libcurl", "libcurl"), ("libssl", "TLS"), ("libcrypto", "TLS"), ("libc.", "libc/malloc"),
                          ("ld-", "libc/malloc"), ("[vdso]", "libc/malloc")):
        if library.startswith(prefix):
            return group
    if "gatewayd" not in library:
        return f"other ({library})"
    if PACKAGES.match(symbol):
        return "packages"
    if symbol in names:
        return _owner(names[symbol])
    return "Swift runtime" if "swift" in symbol.lower() else "C and C++ inside"


OURS = frozenset(path.name for path in (REPOSITORY / "Sources").iterdir() if path.is_dir())


def _owner(name: str) -> str:
    """By the first module that a demangled name has, past words such as `generic specialization <…> of`."""
    plain = re.sub(r"^(?:.* of |.* for )(?=\S)", "", re.sub(r"<[^<>]*>", "", name)) or name
    for module in re.findall(r"([A-Za-z_]\w*)\.", plain) + re.findall(r"([A-Za-z_]\w*)\.", name):
        if module in OURS:
            return f"ours, {module}"
        if PACKAGES.match(module):
            return "packages"
        if module in ("Swift", "_Concurrency", "_StringProcessing", "Builtin"):
            return "Swift runtime"
    return "other Swift"
