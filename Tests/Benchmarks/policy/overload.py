"""Twice as much as the upstream can do: what still comes in time."""

import socket
from collections.abc import Callable
from pathlib import Path

from bench import processes
from bench.paths import GO_PEER
from bench.wait import until

from .gateway import CORE, Gateway
from .result import Bound, Result
from .traffic import Service, load

CAPACITY = 2_000  # calls a second: 20 at once, 10 ms each
FILL_SECONDS = 5  # of the overload before it is looked at: queues are full by then

Launch = Callable[[Path, list[str], int], tuple[str, Callable[[], None]]]


def _gatewayd(limits: str) -> Launch:
    def launch(place: Path, urls: list[str], calls: int) -> tuple[str, Callable[[], None]]:
        gateway = Gateway(place, urls, calls, limits=limits)
        return gateway.url, gateway.stop
    return launch


def _go(place: Path, urls: list[str], _calls: int) -> tuple[str, Callable[[], None]]:
    place.mkdir(parents=True)
    port = processes.free_port()
    command = [str(GO_PEER), "-listen", f"127.0.0.1:{port}", "-upstream", urls[0], "-timeout", "2s"]
    process = processes.start(CORE, [*processes.first(), *command], place / "log", {"GOMAXPROCS": "1"})
    until(lambda: _listens(port), 10, "the peer in Go", process, place / "log")
    return f"http://127.0.0.1:{port}/page", lambda: processes.stop(process)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


WAYS: list[tuple[str, int, Launch]] = [
    ("gatewayd, adaptive", 1, _gatewayd("adaptive: true")),
    ("gatewayd", 1, _gatewayd("")),
    ("gatewayd, adaptive", 5, _gatewayd("adaptive: true")),
    ("gatewayd", 5, _gatewayd("")),
    ("Go net/http", 5, _go),
]


def measure(scratch: Path, seconds: int) -> Result:
    """Each way has an upstream of its own: a queue that another one left would be in its figures."""
    result = Result(
        "Overload", "An upstream that works on 20 calls at once, 10 ms each, and lets the others wait: 2,000 calls a "
        "second. Half of that is offered, then twice; goodput is complete pages with 200 beside what the upstream can "
        "do. Pages of five calls as well, which is what the peer in Go has.",
        ["page", "offered/s", "good/s", "goodput / capacity", "p50 ms", "p99 ms", "p99 / unloaded", "503/s",
         "504, 502/s", "none/s", "load late p99 ms"])
    for number, (name, calls, launch) in enumerate(WAYS):
        place, capacity = scratch / f"overload-{number}", CAPACITY // calls
        service = Service(place / "upstream", delay="10ms", at_once="20")
        url, stop = launch(place / "server", service.urls, calls)
        unloaded = load(url, capacity // 2, 5, place / "load", warm_up=2)
        loaded = load(url, capacity * 2, seconds, place / "load", warm_up=FILL_SECONDS)
        stop()
        service.stop()
        title = f"{calls} call{'s' if calls > 1 else ''}, {name}"
        for rate, seen in ((capacity // 2, unloaded), (capacity * 2, loaded)):
            result.rows.append([
                title, f"{rate:,}", f"{seen.rate:,.0f}", f"{seen.rate / capacity:.2f}", f"{seen.p50:.1f}",
                f"{seen.p99:.1f}", f"{seen.p99 / unloaded.p99:.1f}", f"{seen.count(503) / seen.seconds:,.0f}",
                f"{(seen.count(504) + seen.count(502)) / seen.seconds:,.0f}", f"{seen.count(0) / seen.seconds:,.0f}",
                f"{seen.lag_p99:.1f}"])
        if "adaptive" in name:
            result.bounds += [
                Bound(f"overload, {title}: goodput / capacity", loaded.rate / capacity, ">=", 0.9),
                Bound(f"overload, {title}: p99 / unloaded", loaded.p99 / unloaded.p99, "<=", 3)]
    return result
