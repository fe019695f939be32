"""From samples to tables."""

from statistics import median

from .case import Case
from .figures import FIGURES, Samples, ratio

NOISE = 0.05  # share of the machine used by others above which the figures deserve a warning


def tables(samples: Samples, titles: dict[str, str], cases: list[Case]) -> str:
    """A markdown table per case, medians over the rounds; failures and timeouts are sums."""
    return "\n".join(_table(samples, titles, case) for case in cases if any(key[0] == case.name for key in samples))


def _table(samples: Samples, titles: dict[str, str], case: Case) -> str:
    columns = [FIGURES[name].title for name in case.figures]
    columns.insert(case.figures.index(case.compared) + 1, f"beside {titles.get(case.base, case.base).split(' ')[0]}")
    if case.base == "gatewayd":
        columns = ["beside one worker" if column == "beside gatewayd," else column for column in columns]
    lines = [f"### {case.title} (`{case.name}`)", "", f"| server | {' | '.join(columns)} |",
             f"| --- |{' ---: |' * len(columns)}"]
    lines += [_row(samples, titles[name], case, name) for name in case.servers if (case.name, name) in samples]
    others = [sample["others"] for (name, _), rounds in samples.items() if name == case.name for sample in rounds
              if "others" in sample]
    if max(others, default=0) > NOISE:
        lines += ["", f"Other processes used up to {max(others):.0%} of the machine (median {median(others):.0%}) "
                      "during these: measure again when it is quiet."]
    return "\n".join([*lines, ""])


def _row(samples: Samples, title: str, case: Case, server: str) -> str:
    cells = [title]
    for name in case.figures:
        figure, values = FIGURES[name], [sample[name] for sample in samples[case.name, server]]
        cell = figure.write(figure.combine(values))
        if figure.spread and len(values) > 1:
            cell += f" ({figure.write(min(values))}–{figure.write(max(values))})"
        cells.append(cell)
        if name == case.compared:
            beside = ratio(samples, case.name, server, case.base, name)
            cells.append("" if beside is None else f"{beside:.2f}")
    return f"| {' | '.join(cells)} |"
