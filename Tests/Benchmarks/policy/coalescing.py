"""Equal calls made once."""

from pathlib import Path

from bench import load, processes

from .gateway import Gateway
from .result import Bound, Result
from .traffic import CORE, Service

SETTINGS = {"none": "", "coalesce": "coalesce: true", "cache, ttl 1s": "cache: { ttl: 1s }"}


def measure(scratch: Path, seconds: int) -> Result:
    """64 connections ask for one page as fast as they can."""
    result = Result(
        "Coalescing", "64 connections (wrk) on one page of one call, which takes 5 ms.",
        ["upstream", "pages/s", "upstream calls", "calls/page", "p99 ms", "failures"])
    shares = {}
    for name, policies in SETTINGS.items():
        place = scratch / f"coalescing-{len(shares)}"
        service = Service(place / "upstream", delay="5ms")
        gateway = Gateway(place / "gateway", service.urls, policies=policies)
        before = service.calls()
        seen = load.run(CORE, gateway.url, 64, seconds, 3, processes.first())
        calls = service.calls() - before
        gateway.stop()
        service.stop()
        shares[name] = calls / seen.requests
        result.rows.append([name, f"{seen.requests / seen.seconds:,.0f}", f"{calls:,}", f"{shares[name]:.4f}",
                            f"{seen.p99:.1f}", str(seen.failures + seen.timeouts)])
    result.bounds.append(Bound(
        "coalescing: calls per page, without / with", shares["none"] / shares["coalesce"], ">=", 10))
    return result
