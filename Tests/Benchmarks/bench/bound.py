"""What the figures have to reach."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .case import CASES, Case
from .figures import FIGURES, Samples, ratio, value

_FORM = re.compile(r"(?:([a-z0-9-]+)\.([a-z0-9]+):)?([a-z0-9-]+)(?:/([a-z0-9-]+))?(?:(<=|>=|<)([0-9]+(?:\.[0-9]+)?))?")


@dataclass(frozen=True)
class Bound:
    """`CASE.FIGURE:NAME/BASE<=LIMIT`, a ratio, or `CASE.FIGURE:NAME<=LIMIT`, a figure itself."""

    case: str
    figure: str
    name: str
    base: str  # empty for a figure itself
    relation: str  # <=, <, >=
    limit: float

    @property
    def key(self) -> str:
        """What it is called without its limit."""
        return f"{self.case}.{self.figure}:{self.name}" + (f"/{self.base}" if self.base else "")

    def measured(self, samples: Samples) -> float | None:
        """Nil when one of the two was not."""
        if self.base:
            return ratio(samples, self.case, self.name, self.base, self.figure)
        return value(samples, self.case, self.name, self.figure)

    def holds(self, measured: float) -> bool:
        """Whether that is good enough."""
        if self.relation == ">=":
            return measured >= self.limit
        return measured <= self.limit if self.relation == "<=" else measured < self.limit


def _table(*texts: str) -> dict[str, Bound]:
    return {bound.key: bound for text in texts for bound in parse(text, list(CASES.values()), {})}


def parse(text: str, cases: Iterable[Case], known: dict[str, Bound]) -> list[Bound]:
    """Without `CASE.FIGURE:` it is CPU per request in every plain case; without a limit, the one that is known.

    Raises ValueError with the form that was expected.
    """
    match = _FORM.fullmatch(text.replace(" ", ""))
    if match is None:
        raise ValueError(f"'{text}' is not of the form page.cpu:gatewayd/go<=0.42 or gatewayd/go<=0.85")
    case, figure, name, base, relation, limit = match.groups(default="")
    if case and figure not in FIGURES:
        raise ValueError(f"no figure {figure!r}; there are {', '.join(FIGURES)}")
    places = [(case, figure)] if case else [(one.name, "cpu") for one in cases if one.plain]
    found = [Bound(case, figure, name, base, relation, float(limit or 0)) for case, figure in places]
    if relation:
        return found
    if missing := [bound.key for bound in found if bound.key not in known]:
        raise ValueError(f"'{missing[0]}' has no limit; those that have one are {', '.join(known)}")
    return [known[bound.key] for bound in found]


BOUNDS = _table(
    "page.cpu:gatewayd/go<=0.42", "page.cpu:gatewayd/node<=0.30", "page.cpu:gatewayd/nginx-lua<=0.95",
    "page.cpu:gatewayd/epoll-c<=1.25", "page.cpu:gatewayd-libcurl/go<=0.78", "page.cpu:gatewayd-libcurl/libcurl-c<=1.2",
    "single.p50:gatewayd/nginx-lua<=1.0", "single.p50:gatewayd/go<=0.8",
    "thousand.failed:gatewayd<=0", "thousand.cpu:gatewayd/go<=0.45", "thousand.cpu:gatewayd/nginx-lua<=1.0",
    "thousand.p99:gatewayd/go<=0.8",
    "slow.failed:gatewayd<=0", "slow.memory:gatewayd/go<=0.25", "slow.cpu:gatewayd/go<=0.6",
    "slow.p99:gatewayd/go<=1.0",
    "idle.failed:gatewayd<=0", "idle.memory:gatewayd/go<=0.30", "idle.memory:gatewayd/node<1.0",
    "workers.cpu:gatewayd-2/gatewayd<=1.05",
    "merge.megabytes:merge>=400", "merge.megabytes:merge/foundation>=5",
    "text.throughput:gatewayd/go>=1.0",
    "mixed.p99:beside/alone<=2.0", "mixed.lag:beside<=10",
    "https.cpu:gatewayd/go<=0.85",
    "proxy.failed:gatewayd<=0", "proxy.cpu:gatewayd/go<=0.65", "proxy.cpu:gatewayd/nginx<=2.2",
    "download.failed:gatewayd<=0", "download.throughput:gatewayd/nginx>=0.8")


def missed(samples: Samples, bounds: list[Bound]) -> list[str]:
    """A sentence for each bound that does not hold."""
    found = []
    for bound in bounds:
        measured = bound.measured(samples)
        if measured is None:
            found.append(f"{bound.key}: not measured")
        elif not bound.holds(measured):
            found.append(f"{bound.key}: {measured:.2f}, must be {bound.relation} {bound.limit:g}")
    return found


def table(samples: Samples, bounds: list[Bound]) -> str:
    """Must reach, measured, met: as markdown."""
    lines = ["### Bounds", "", "| bound | must reach | measured | met |", "| --- | ---: | ---: | --- |"]
    for bound in bounds:
        measured = bound.measured(samples)
        sign = {"<=": "≤", ">=": "≥", "<": "<"}[bound.relation]
        lines.append(f"| `{bound.key}` | {sign} {bound.limit:g} | " + (
            "not measured | – |" if measured is None
            else f"{measured:.2f} | {'yes' if bound.holds(measured) else '**no**'} |"))
    return "\n".join([*lines, ""])
