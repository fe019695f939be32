"""The figures that are measured: what each is called, how it is written, how rounds are put together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

Figures = dict[str, float]  # by the names below; and `others`, the share of the machine that others used
Samples = dict[tuple[str, str], list[Figures]]  # by case and server, one per round


@dataclass(frozen=True)
class Figure:
    """One column."""

    title: str
    write: Callable[[float], str]
    combine: Callable[[Sequence[float]], float] = median
    spread: bool = False  # whether lowest and highest are shown too


def _mebibytes(value: float) -> str:
    return f"{value / 2**20:.0f}"


FIGURES = {
    "rate": Figure("requests/s", "{:,.0f}".format),
    "cpu": Figure("CPU µs/request", "{:.1f}".format, spread=True),
    "p50": Figure("p50 ms", "{:.2f}".format),
    "p99": Figure("p99 ms", "{:.2f}".format),
    "failures": Figure("failures", "{:.0f}".format, sum),
    "timeouts": Figure("timeouts", "{:.0f}".format, sum),
    "failed": Figure("failures and timeouts", "{:.0f}".format, sum),
    "resident": Figure("RSS MiB", _mebibytes),
    "memory": Figure("KiB each", lambda value: f"{value / 1024:.2f}", spread=True),
    "in_flight": Figure("in flight upstream", "{:,.0f}".format),
    "core": Figure("core used", "{:.0%}".format),
    "calls": Figure("calls/request", "{:.2f}".format),
    "throughput": Figure("MB/CPU second", "{:,.0f}".format, spread=True),
    "lag": Figure("loop lag p99 ms", "{:.2f}".format),
    "large": Figure("large pages/s", "{:,.0f}".format),
    "megabytes": Figure("MB/s", "{:,.0f}".format, spread=True),
}


def value(samples: Samples, case: str, name: str, figure: str) -> float | None:
    """Of one server over all rounds; nil when it was not measured."""
    rounds = samples.get((case, name))
    return FIGURES[figure].combine([sample[figure] for sample in rounds]) if rounds else None


def ratio(samples: Samples, case: str, name: str, base: str, figure: str) -> float | None:
    """Beside the base's: the median of the rounds' ratios, as a round's two are close in time.

    Nil when one of them was not measured, or when the base has none of it.
    """
    ours, theirs = samples.get((case, name)), samples.get((case, base))
    if not ours or not theirs or any(sample[figure] <= 0 for sample in theirs):
        return None
    return median(a[figure] / b[figure] for a, b in zip(ours, theirs))
