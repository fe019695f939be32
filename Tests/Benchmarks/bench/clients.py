"""Client connections that are kept open: each makes one request, then rests."""

import asyncio
import re

REQUEST = b"GET /page HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Clients:
    """Open connections, and how many of those asked for failed: no 200 in time, or closed by the server."""

    def __init__(self) -> None:
        self._open: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._failures = 0

    @property
    def failures(self) -> int:
        """So far; a connection that the server has closed since is one."""
        return self._failures + sum(reader.at_eof() for reader, _ in self._open)

    async def request(self, port: int, count: int, at_once: int, seconds: float) -> None:
        """Opens so many, one request on each, `at_once` under way; each has so many seconds."""
        room = asyncio.Semaphore(at_once)

        async def one() -> None:
            async with room:
                try:
                    await asyncio.wait_for(self._ask(port), seconds)
                except (OSError, EOFError, ValueError, asyncio.TimeoutError):
                    self._failures += 1

        await asyncio.gather(*(one() for _ in range(count)))

    def close(self) -> None:
        """Ends all."""
        for _, writer in self._open:
            writer.close()

    async def _ask(self, port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._open.append((reader, writer))
        writer.write(REQUEST)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *([0-9]+)", head)
        if not head.startswith(b"HTTP/1.1 200 ") or length is None:
            raise ValueError(head)
        await reader.readexactly(int(length[1]))
