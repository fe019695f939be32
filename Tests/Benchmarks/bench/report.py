"""From samples to the table, and the bounds that a table is held against."""

import re
from dataclasses import dataclass
from statistics import median

from .measure import Sample

Samples = dict[tuple[str, int], list[Sample]]  # by server and connections, one per round
BASE = "go"
NOISE = 0.05  # share of the machine used by others above which the figures deserve a warning


@dataclass(frozen=True)
class Bound:
    """`NAME/BASE<=LIMIT`: the CPU per request of one server beside another's, at every number of connections."""

    name: str
    base: str
    limit: float

    @staticmethod
    def parse(text: str) -> "Bound":
        """Raises ValueError with the form that was expected."""
        match = re.fullmatch(r"([a-z-]+)/([a-z-]+)<=([0-9]+(?:\.[0-9]+)?)", text.replace(" ", ""))
        if match is None:
            raise ValueError(f"'{text}' is not of the form gatewayd/go<=0.85")
        return Bound(match[1], match[2], float(match[3]))


def ratio(samples: Samples, name: str, base: str, connections: int) -> float | None:
    """CPU per request beside the base's: the median of the rounds' ratios, as a round's two are close in time.

    Nil when one of them was not measured.
    """
    ours, theirs = samples.get((name, connections)), samples.get((base, connections))
    if not ours or not theirs:
        return None
    return median(a.cpu_microseconds / b.cpu_microseconds for a, b in zip(ours, theirs))


def missed(samples: Samples, bounds: list[Bound], cases: list[int]) -> list[str]:
    """A sentence for each bound that does not hold."""
    found = []
    for bound in bounds:
        for connections in cases:
            value = ratio(samples, bound.name, bound.base, connections)
            where = f"{bound.name}/{bound.base} at {connections} connections"
            if value is None:
                found.append(f"{where}: not measured")
            elif value > bound.limit:
                found.append(f"{where}: {value:.2f}, allowed is {bound.limit:.2f}")
    return found


def tables(samples: Samples, titles: dict[str, str], cases: list[int]) -> str:
    """A markdown table per number of connections, medians over the rounds; failures and timeouts are sums."""
    return "\n".join(_table(samples, titles, connections) for connections in cases)


def _table(samples: Samples, titles: dict[str, str], connections: int) -> str:
    lines = [
        f"### {connections:,} connections × 5 calls", "",
        "| server | requests/s | CPU µs/request | beside Go | p50 ms | p99 ms | failures | timeouts | RSS MiB "
        "| core used | calls/request |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, title in titles.items():
        if rounds := samples.get((name, connections)):
            lines.append(_row(title, rounds, ratio(samples, name, BASE, connections)))
    others = [s.others_share for (_, case), rounds in samples.items() if case == connections for s in rounds]
    if others and max(others) > NOISE:
        lines += ["", f"Other processes used up to {max(others):.0%} of the machine (median {median(others):.0%}) "
                      "during these: measure again when it is quiet."]
    return "\n".join([*lines, ""])


def _row(title: str, rounds: list[Sample], beside: float | None) -> str:
    def middle(field: str) -> float:
        return median(getattr(sample, field) for sample in rounds)

    spread = f"{min(s.cpu_microseconds for s in rounds):.0f}–{max(s.cpu_microseconds for s in rounds):.0f}"
    cells = [
        title, f"{middle('requests_per_second'):,.0f}", f"{middle('cpu_microseconds'):.1f} ({spread})",
        "" if beside is None else f"{beside:.2f}", f"{middle('p50'):.2f}", f"{middle('p99'):.2f}",
        str(sum(s.failures for s in rounds)), str(sum(s.timeouts for s in rounds)),
        f"{middle('resident_bytes') / 2**20:.0f}", f"{middle('core_share'):.0%}", f"{middle('calls_per_request'):.2f}"]
    return f"| {' | '.join(cells)} |"
