"""What a built-in server was asked, when, and how it answered."""

import json
import threading
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise


class Outcome(IntEnum):
    """How a request ended."""

    PENDING = 0  # no answer yet
    ANSWERED = 1  # the data were sent in full
    FAILED = 2  # anything else: an error, a fault, a dropped connection


@dataclass(frozen=True, slots=True)
class Entry:
    """One request. `at` is in seconds of the server's monotonic clock."""

    at: float
    command: str  # "connect" is a connection refused in an outage
    id: int  # of what was asked for, 0 where there is none
    page: int  # 0 where there is none
    outcome: Outcome
    status: int  # HTTP status sent, 0 where none was


class Journal:
    """A compact list of requests in the order of their arrival; any thread may use it.

    Keeps the first `limit` of them (25 bytes each). Looking into it after more than that raises
    OverflowError, so that no test passes on half the facts.
    """

    def __init__(self, limit: int = 2_000_000) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything, for example between two runs."""
        with self._lock:
            self._names: list[str] = []
            self._codes: dict[str, int] = {}
            self._at = array("d")
            self._commands = array("b")
            self._ids = array("q")
            self._pages = array("i")
            self._outcomes = array("b")
            self._statuses = array("h")
            self._lost = 0

    def arrived(self, command: str, item: int = 0, page: int = 0) -> int:
        """Note a request that was just read; returns its number for `settle`."""
        with self._lock:
            if command not in self._codes:
                self._codes[command] = len(self._names)
                self._names.append(command)
            code = self._codes[command]
            number = len(self._at)
            if number >= self._limit:
                self._lost += 1
                return -1
            self._at.append(time.monotonic())
            self._commands.append(code)
            self._ids.append(item)
            self._pages.append(page)
            self._outcomes.append(Outcome.PENDING)
            self._statuses.append(0)
            return number

    def settle(self, number: int, outcome: Outcome, status: int) -> None:
        """Note how request `number` ended."""
        with self._lock:
            if 0 <= number < len(self._at):
                self._outcomes[number] = outcome
                self._statuses[number] = status

    def __len__(self) -> int:
        return len(self._at)

    def entries(self, since: int = 0) -> Iterator[Entry]:
        """The requests from number `since` on, as they stand now."""
        with self._lock:
            if self._lost:
                raise OverflowError(f"{self._lost} requests came after the journal was full")
            columns = [
                column[since:]
                for column in (
                    self._at,
                    self._commands,
                    self._ids,
                    self._pages,
                    self._outcomes,
                    self._statuses,
                )
            ]
        for at, code, item, page, outcome, status in zip(*columns, strict=True):
            yield Entry(at, self._names[code], item, page, Outcome(outcome), status)

    def count(
        self,
        command: str | None = None,
        outcome: Outcome | None = None,
        status: int | None = None,
        since: int = 0,
    ) -> int:
        """How many requests fit all that is given; connections refused count only by name."""
        return sum(
            (entry.command == command if command else entry.command != "connect")
            and (outcome is None or entry.outcome is outcome)
            and (status is None or entry.status == status)
            for entry in self.entries(since)
        )

    @property
    def answered(self) -> int:
        """How many requests were answered in full."""
        return self.count(outcome=Outcome.ANSWERED)

    def pages_asked_twice(self) -> list[tuple[str, int, int]]:
        """Command, id and page of requests that came after the same was answered in full.

        Each as often as it came once too many.
        """
        answered: set[tuple[str, int, int]] = set()
        again = []
        for entry in self.entries():
            key = (entry.command, entry.id, entry.page)
            if key in answered:
                again.append(key)
            if entry.outcome is Outcome.ANSWERED:
                answered.add(key)
        return again

    def gaps(self, since: int = 0) -> list[float]:
        """Seconds between the arrivals of neighbouring requests."""
        times = sorted(entry.at for entry in self.entries(since) if entry.command != "connect")
        return [later - earlier for earlier, later in pairwise(times)]

    def to_lines(self) -> Iterator[str]:
        """The journal as JSON lines."""
        for entry in self.entries():
            yield json.dumps(
                {
                    "at": entry.at,
                    "command": entry.command,
                    "id": entry.id,
                    "page": entry.page,
                    "outcome": entry.outcome.name.lower(),
                    "status": entry.status,
                }
            )
