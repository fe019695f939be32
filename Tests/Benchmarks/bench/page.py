"""What is asked of a server: five calls of one kind, and the answer that they make together."""

import json
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path

NAMES = ("a", "b", "c", "d", "e")
LARGE_BYTES = 1 << 20  # of one body of text or of records


@dataclass(frozen=True)
class Page:
    """The kind of the five calls."""

    # Of their paths at the upstream: "", "/slow" for those that take 1 s, "/text" for plain text, "/large" for records.
    prefix: str = ""
    timeout: int = 2  # seconds, of the whole request
    tls: bool = False
    proxied: bool = False  # one call, whose answer is passed on as it is

    @property
    def text(self) -> bool:
        """Whether the bodies are plain text, which becomes JSON strings."""
        return self.prefix == "/text"

    @property
    def body_bytes(self) -> int:
        """Of the five bodies together."""
        return sum(len(self.body(name)) for name in self.calls)

    @property
    def calls(self) -> tuple[str, ...]:
        """Those that one request makes."""
        return NAMES[:1] if self.proxied else NAMES

    def body(self, name: str) -> str:
        """What one call is answered with; ASCII."""
        return {"/text": text, "/large": records}.get(self.prefix, part)(name)

    def merged(self) -> dict[str, object]:
        """The answer that every server has to give, parsed."""
        return {name: self.body(name) if self.text else json.loads(self.body(name)) for name in NAMES}


@dataclass(frozen=True)
class Task:
    """A page with the upstream that has it."""

    page: Page
    origin: str  # http://127.0.0.1:9001
    authority: Path  # PEM file of who signed the upstream's certificate
    beside: "Task | None" = None  # asked of the same server meanwhile, as /large; only gatewayd can be told of one


def part(name: str) -> str:
    """One upstream answer: about 190 bytes of JSON with a string, numbers, an array and an object in it."""
    body = {"id": NAMES.index(name) + 1, "name": f"part {name}", "tags": ["fan-out", "gateway", "benchmark"],
            "price": {"amount": 1299.5, "currency": "EUR"}, "available": True, "note": "x" * 60}
    return json.dumps(body, separators=(",", ":"))


def text(name: str) -> str:
    """One text answer: lines of about 80 bytes of ASCII, with two quotes and a newline to escape in each."""
    line = f'part {name}: "the quick brown fox" jumps over the lazy dog, and so it does once more.\n'
    return (line * (LARGE_BYTES // len(line) + 1))[:LARGE_BYTES]


@cache
def records(name: str) -> str:
    """One large JSON answer: records of about 190 bytes, the same in every run."""
    chance, items, length = random.Random(name), [], 0
    while length < LARGE_BYTES:
        number = chance.randrange(10_000_000)
        items.append(json.dumps({
            "id": number, "email": f"user{number}@example.org", "active": number % 3 == 0, "score": number / 1000,
            "note": 'a "quoted" word\n', "tags": ["fan-out", "gateway"][:number % 3],
            "address": {"city": "K\u00f6ln", "geo": {"lat": chance.random() * 90, "lon": -chance.random() * 180}}},
            separators=(",", ":")))
        length += len(items[-1]) + 1
    return f'{{"page":"{name}","items":[{",".join(items)}]}}'
