"""What policies cost while there is nothing for them to do."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench import load, processes
from bench.certificate import Certificate
from bench.upstream import Upstream

from .gateway import Gateway
from .result import Bound, Result
from .traffic import CORE

UPSTREAM = {
    "balance": "balance: p2c",
    "outlier": "outlier: { failures: 5 }",
    "health": "health: { path: /a }",
    "circuit_breaker": "circuit_breaker: { failures: 5, ratio: 50% }",
    "retry": "retry: { attempts: 2 }",
    # A percentile has copies sent at any load: they would be counted, and not what the policy costs that waits.
    "hedge": "hedge: { after: 100ms, budget: 2% }",
    "max_in_flight": "max_in_flight: 10000",
}
# Without the adaptive limit: a full core is what it is there for, and it would refuse some of this load.
RATE_LIMIT = "rate_limit: { rate: 1000000/s }"
SECONDS, ROUNDS = 3, 7


def measure(scratch: Path, _seconds: int) -> Result:
    """All run at once, one is loaded: the others have hardly anything to do."""
    certificate = Certificate.make(scratch / "tls")
    upstreams = [Upstream(CORE, scratch / f"idle-upstream-{number}", certificate, processes.first())
                 for number in (1, 2)]
    urls = [f"http://127.0.0.1:{one.port}" for one in upstreams]

    def start(name: str, policies: str = "", route: str = "") -> Gateway:
        return Gateway(scratch / f"idle-{name}", urls, 5, policies, route)

    none = start("none")
    everything = {"all": start("all", ", ".join(UPSTREAM.values()), RATE_LIMIT)}
    alone = {name: start(name, policies) for name, policies in UPSTREAM.items()}
    alone |= {"rate_limit": start("rate", route=RATE_LIMIT)}
    figures = _ratios(none, everything, ROUNDS, SECONDS) | _ratios(none, alone, 5, 2)
    for one in (none, *everything.values(), *alone.values()):
        one.stop()
    result = Result(
        "Idle policies", "Page of five calls over two servers (nginx), 64 connections (wrk -t1); CPU of the worker "
        "for a page. Each ratio is of a measurement and those of no policy just before and after it, the median of "
        f"{ROUNDS} rounds of {SECONDS} s for all and of 5 rounds of 2 s for each.",
        ["policy", "CPU µs/page", "beside none", "lowest–highest"])
    for name, rounds in figures.items():
        ratios = [mine / base for mine, base in rounds]
        result.rows.append([name, f"{median(mine for mine, _ in rounds):.1f}", f"{median(ratios):.3f}",
                            f"{min(ratios):.3f}–{max(ratios):.3f}"])
    bases = [base for rounds in figures.values() for _, base in rounds]
    result.rows.insert(0, ["none", f"{median(bases):.1f}", "", ""])
    result.bounds.append(Bound("idle policies: CPU, all / none", median(
        mine / base for mine, base in figures["all"]), "<=", 1.05))
    for one in upstreams:
        one.process.terminate()
    return result


def _ratios(none: Gateway, others: dict[str, Gateway], rounds: int, seconds: int) -> dict[str, list[Sequence[float]]]:
    """By name and round: its figure, and the mean of those without policies on both sides of it."""
    figures: dict[str, list[Sequence[float]]] = {name: [] for name in others}
    for one in (none, *others.values()):
        _cost(one, 1)  # connections and caches
    for _ in range(rounds):
        before = _cost(none, seconds)
        for name, gateway in others.items():
            mine = _cost(gateway, seconds)
            after = _cost(none, seconds)
            figures[name].append((mine, (before + after) / 2))
            before = after
    return figures


def _cost(gateway: Gateway, seconds: int) -> float:
    """Microseconds of CPU for a page."""
    before = gateway.worker_nanoseconds()
    seen = load.run(CORE, gateway.url, 64, seconds, 2, processes.first())
    if seen.failures or seen.timeouts:
        raise SystemExit(f"policies: {seen.failures} failures and {seen.timeouts} timeouts with idle policies")
    return (gateway.worker_nanoseconds() - before) / seen.requests / 1e3
