"""What a case hands back: a table, and the figures that have a limit."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bound:
    """A figure that has to be reached."""

    what: str
    measured: float
    relation: str  # <= or >=
    limit: float

    @property
    def is_met(self) -> bool:
        """Whether that is good enough."""
        return self.measured <= self.limit if self.relation == "<=" else self.measured >= self.limit

    def cells(self) -> list[str]:
        """For the table of all bounds."""
        return [self.what, f"{self.relation} {self.limit:g}", f"{self.measured:.3f}",
                "yes" if self.is_met else "**no**"]


@dataclass
class Result:
    """Of one case."""

    title: str
    text: str
    header: list[str]
    rows: list[list[str]] = field(default_factory=list)
    bounds: list[Bound] = field(default_factory=list)

    def markdown(self) -> str:
        """The case as it stands in the document."""
        return f"## {self.title}\n\n{self.text}\n\n{table(self.header, self.rows)}"


def table(header: list[str], rows: list[list[str]]) -> str:
    """A markdown table, whose first column is words and whose others are figures."""
    lines = [header, ["---", *("---:" for _ in header[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
