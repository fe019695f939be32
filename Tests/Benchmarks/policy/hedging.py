"""A second copy of a slow call: what it takes off the tail, and how many calls it makes more."""

from pathlib import Path

from .gateway import Gateway
from .result import Bound, Result
from .traffic import Seen, Service, load

SETTINGS = {
    "none": "",
    "after p95, 2%": "hedge: { after: p95, budget: 2% }",
    "after p95, 10%": "hedge: { after: p95, budget: 10% }",
    "after p99, 2%": "hedge: { after: p99, budget: 2% }",
    "after 10ms, 2%": "hedge: { after: 10ms, budget: 2% }",
}
# A percentile is at the edge here: p95 spends the budget on calls that would be back soon, p99 is 5 ms or 100 ms.
BOUND = "after 10ms, 2%"
RATES = {1: 600, 5: 250}  # pages a second, by calls of a page


def measure(scratch: Path, seconds: int) -> Result:
    """Each setting has an upstream and a gatewayd of its own."""
    result = Result(
        "Hedging", "Two servers that answer in 5 ms, and 1 % of the calls, chosen at random, in 100 ms. With one call "
        "that is where p99 lies, which is then either of the two: p99.5 says more.",
        ["page, hedge", "p50 ms", "p99 ms", "p99.5 ms", "p99.9 ms", "calls/page call", "not 200", "load late p99 ms"])
    for calls, rate in RATES.items():
        seen: dict[str, tuple[Seen, float]] = {}
        for name, policies in SETTINGS.items():
            place = scratch / f"hedging-{calls}-{len(seen)}"
            service = Service(place / "upstream", servers=2, delay="5ms", slow_share="0.01", slow="100ms")
            gateway = Gateway(place / "gateway", service.urls, calls, policies)
            load(gateway.url, rate, 3, place / "load")
            before = service.calls()
            page = load(gateway.url, rate, seconds, place / "load")
            share = (service.calls() - before) / page.offered / calls
            gateway.stop()
            service.stop()
            seen[name] = page, share
            result.rows.append([
                f"{calls} call{'s' if calls > 1 else ''}, {name}", f"{page.p50:.1f}", f"{page.p99:.1f}",
                f"{page.p995:.1f}", f"{page.p999:.1f}", f"{share:.4f}", str(page.offered - page.good),
                f"{page.lag_p99:.1f}"])
        (plain, _), (hedged, share) = seen["none"], seen[BOUND]
        part = "p995" if calls == 1 else "p99"
        result.bounds += [
            Bound(f"hedging, {calls} calls, {BOUND}: {part} without / with",
                  getattr(plain, part) / getattr(hedged, part), ">=", 5),
            Bound(f"hedging, {calls} calls, {BOUND}: calls beside none", share, "<=", 1.02)]
    return result
