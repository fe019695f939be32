"""Who is measured in which case, and the turns of all of them."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from . import merge, processes
from .case import Case
from .certificate import Certificate
from .figures import Figures, Samples
from .measure import Turn
from .mixed import MixedTurn
from .page import Task
from .paths import merge_bench
from .servers import SERVERS, Server
from .upstream import Upstream

TITLES = {**{server.name: server.title for server in SERVERS.values()},
          "merge": "gatewayd's merge", "foundation": "Foundation's JSON",
          "alone": "alone", "beside": "beside the large page"}


class Collection:
    """The samples of all rounds, and what they are taken with."""

    def __init__(self, cases: list[Case], only: list[Server], scratch: Path) -> None:
        self.samples: Samples = {}
        self._scratch = scratch
        self._certificate = Certificate.make(scratch / "tls")
        self._upstreams: dict[str, Upstream] = {}
        self._turns = [(case, server) for case in cases for server in only if server.name in case.servers]
        self._turns = [(case, server) for case, server in self._turns if self._able(case, server)]
        self._mixed = [case for case in cases for server in only if case.kind == "mixed" and server.name == "gatewayd"
                       and self._able(case, server)]
        self._merges = [case for case in cases if case.kind == "merge"]
        if self._merges and not os.access(merge_bench(), os.X_OK):
            print(f"run: no merge-bench at {merge_bench()}: leaving merge out", file=sys.stderr)
            self._merges = []

    def round(self, name: str, warm_up: int, seconds: int) -> None:
        """Every server has its turn in every round, so that a change of the machine's mood meets all of them."""
        for case, server in self._turns:
            upstream = self._upstream(case.other_cores)
            figures = Turn(case, server, upstream, self._scratch, warm_up, seconds).measure()
            self._note(f"{name}, {case.name}, {server.name}", case, server.name, figures)
        for case in self._mixed:
            small = self._upstream(case.other_cores, "small", processes.first())
            large = self._upstream(case.other_cores, "large")
            turn = MixedTurn(case, small, large, self._scratch, warm_up, seconds)
            for row, figures in turn.measure().items():
                self._note(f"{name}, {case.name}, {row}", case, row, figures)
        for case in self._merges:
            for server, figures in merge.measure(case.server_cores).items():
                self._note(f"{name}, {case.name}, {server}", case, server, figures)

    def _note(self, what: str, case: Case, server: str, figures: Figures) -> None:
        self.samples.setdefault((case.name, server), []).append(figures)
        shown = ", ".join(f"{key} {figures[key]:,.1f}" for key in (case.compared, "rate", "failed") if key in figures)
        others = f", others {figures['others']:.0%}" if "others" in figures else ""
        print(f"{what}: {shown}{others}", file=sys.stderr, flush=True)

    def _upstream(self, cores: str, role: str = "all", before: Sequence[str] = ()) -> Upstream:
        name = f"upstream-{cores}-{role}"
        if name not in self._upstreams:
            self._upstreams[name] = Upstream(cores, self._scratch / name, self._certificate, before)
        return self._upstreams[name]

    def _able(self, case: Case, server: Server) -> bool:
        """What cannot be measured is left out with a word, never silently."""
        scheme = "https" if case.page.tls else "http"
        objection = server.objection(Task(case.page, f"{scheme}://127.0.0.1:1", self._certificate.authority))
        if objection:
            print(f"run: leaving {server.name} out of {case.name}: {objection}", file=sys.stderr)
        return objection is None

