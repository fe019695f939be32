"""The cases: what is asked of whom, over how many connections, and what is looked at."""

from dataclasses import dataclass, replace
from typing import Literal

from .page import Page

LOAD = ("rate", "cpu", "p50", "p99", "failures", "timeouts", "resident", "core", "calls")


@dataclass(frozen=True)
class Case:
    """One table of the results."""

    name: str
    title: str
    servers: tuple[str, ...]  # the rows
    connections: int = 64
    page: Page = Page()
    beside: Page | None = None  # loaded meanwhile, over as many connections
    kind: Literal["load", "idle", "merge", "mixed"] = "load"
    figures: tuple[str, ...] = LOAD  # the columns, as `figures.FIGURES` names them
    compared: str = "cpu"  # the one shown as a ratio beside the base
    base: str = "go"
    memory_shares: int = 0  # what `memory` is divided by
    server_cores: str = "0"
    other_cores: str = "1"  # of upstream and load
    least_seconds: int = 0  # of its window, when an answer takes long
    warm_pool: bool = False  # one request on each connection first, so that calls find kept upstream connections
    plain: bool = False  # one of those that `--check NAME/BASE<=LIMIT` means

    @property
    def descriptors(self) -> int:
        """That one process needs."""
        return self.connections * (1 if self.kind == "idle" else 6) + 600


_PAGE = Case("page", "64 connections × 5 calls", plain=True,
             servers=("gatewayd", "gatewayd-libcurl", "go", "node", "nginx-lua", "epoll-c", "libcurl-c"))

CASES = {case.name: case for case in (
    _PAGE,
    Case("single", "1 connection × 5 calls", ("gatewayd", "go", "nginx-lua", "epoll-c"), connections=1,
         figures=("p50", "p99", "rate", "cpu", "failures", "timeouts", "calls"), compared="p50"),
    Case("thousand", "1,000 connections × 5 calls", ("gatewayd", "go", "nginx-lua", "epoll-c"), connections=1000,
         plain=True),
    Case("slow", "2,000 connections × 5 calls that take 1 s: 10,000 in flight", ("gatewayd", "go"), connections=2000,
         page=Page("/slow", timeout=5), figures=("memory", "in_flight", *LOAD), memory_shares=10_000,
         least_seconds=8, warm_pool=True),
    Case("idle", "8,000 idle client connections, one request made on each", ("gatewayd", "go", "node"),
         connections=8000, kind="idle", figures=("memory", "resident", "failures"), compared="memory",
         memory_shares=8000),
    Case("workers", "Workers 1 → 2 on two cores that upstream and load share", ("gatewayd", "gatewayd-2"),
         base="gatewayd", server_cores="0,1", other_cores="0,1"),
    Case("merge", "Merge of 5 × 1 MiB of JSON", ("merge", "foundation"), kind="merge", figures=("megabytes",),
         compared="megabytes", base="foundation"),
    Case("text", "5 × 1 MiB of text escaped into the answer", ("gatewayd", "go"), connections=4, page=Page("/text"),
         figures=("throughput", *LOAD), compared="throughput"),
    Case("mixed", "64 connections × 5 calls, alone and beside 64 connections × 5 × 1 MiB of JSON",
         servers=("alone", "beside"), kind="mixed", beside=Page("/large", timeout=60), compared="p99", base="alone",
         figures=("p50", "p99", "rate", "lag", "large", "megabytes", "failures", "timeouts", "core", "calls")),
    Case("proxy", "64 connections, one call passed on", ("gatewayd", "go", "nginx"), page=Page(proxied=True)),
    Case("download", "16 connections, 1 MiB passed on", ("gatewayd", "go", "nginx"), connections=16,
         page=Page("/text", timeout=10, proxied=True), figures=("throughput", *LOAD), compared="throughput"),
    Case("https", "64 connections × 5 calls over https", ("gatewayd", "go"), page=Page(tls=True)),
)}


def at(connections: int) -> Case:
    """The page at any number of connections."""
    known = {1: "single", 64: "page", 1000: "thousand"}
    return replace(_PAGE, name=known.get(connections, f"page-{connections}"), connections=connections,
                   title=f"{connections:,} connections × 5 calls")
