"""What is asked of a server: five calls of one kind, and the answer that they make together."""

import json
from dataclasses import dataclass
from pathlib import Path

NAMES = ("a", "b", "c", "d", "e")
TEXT_BYTES = 1 << 20  # of one text body


@dataclass(frozen=True)
class Page:
    """The kind of the five calls."""

    prefix: str = ""  # of their paths at the upstream: "", "/slow" for those that take 1 s, "/text" for plain text
    timeout: int = 2  # seconds, of the whole request
    tls: bool = False

    @property
    def text(self) -> bool:
        """Whether the bodies are plain text, which becomes JSON strings."""
        return self.prefix == "/text"

    @property
    def body_bytes(self) -> int:
        """Of the five bodies together."""
        return sum(len(text(name) if self.text else part(name)) for name in NAMES)

    def merged(self) -> dict[str, object]:
        """The answer that every server has to give, parsed."""
        return {name: text(name) if self.text else json.loads(part(name)) for name in NAMES}


@dataclass(frozen=True)
class Task:
    """A page with the upstream that has it."""

    page: Page
    origin: str  # http://127.0.0.1:9001
    authority: Path  # PEM file of who signed the upstream's certificate


def part(name: str) -> str:
    """One upstream answer: about 190 bytes of JSON with a string, numbers, an array and an object in it."""
    body = {"id": NAMES.index(name) + 1, "name": f"part {name}", "tags": ["fan-out", "gateway", "benchmark"],
            "price": {"amount": 1299.5, "currency": "EUR"}, "available": True, "note": "x" * 60}
    return json.dumps(body, separators=(",", ":"))


def text(name: str) -> str:
    """One text answer: lines of about 80 bytes of ASCII, with two quotes and a newline to escape in each."""
    line = f'part {name}: "the quick brown fox" jumps over the lazy dog, and so it does once more.\n'
    return (line * (TEXT_BYTES // len(line) + 1))[:TEXT_BYTES]
