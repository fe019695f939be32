"""A rate that all workers share."""

from pathlib import Path

from .gateway import Gateway
from .result import Bound, Result
from .traffic import Service, load

RATE, WORKERS = 1_000, 4
# A burst of 200 ms: what a worker misses that has to wait so long for its core is made good.
LIMIT = f"rate_limit: {{ rate: {RATE}/s, burst: {RATE // 5} }}"


def measure(scratch: Path, seconds: int) -> Result:
    """Twice the rate and more is offered for some seconds."""
    result = Result(
        "Rate limit", f"`{LIMIT}` over {WORKERS} workers; admitted is pages with 200, once the burst is "
        "used up.",
        ["offered/s", "admitted/s", "429/s", "others", "by worker, whole run", "load late p99 ms"])
    service = Service(scratch / "rate-upstream")
    for offered in (RATE * 3 // 2, RATE * 3):
        gateway = Gateway(scratch / f"rate-{offered}", service.urls, workers=WORKERS,
                          route=LIMIT)
        seen = load(gateway.url, offered, seconds, scratch / "rate-load", warm_up=2)
        shares = [str(worker["requests"]["total"]) for worker in gateway.stats()["workers"]]
        gateway.stop()
        result.rows.append([
            f"{offered:,}", f"{seen.rate:,.1f}", f"{seen.count(429) / seconds:,.1f}",
            str(seen.offered - seen.good - seen.count(429)), " ".join(shares), f"{seen.lag_p99:.1f}"])
        result.bounds.append(Bound(
            f"rate limit, {offered:,}/s offered: how far from {RATE:,}/s", abs(seen.rate / RATE - 1), "<=",
            0.01))
    service.stop()
    return result
