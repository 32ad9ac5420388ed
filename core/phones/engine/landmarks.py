"""Digests of a project's first and last records: they tell at the next read whether the part
that was read before still stands where it stood.

A digest covers a window of neighbouring records, as received. Several windows are kept for
each end (`WINDOWS`), so that the longest one that lies on the pages at hand can be compared:
a few records prove little where records repeat, and half a page may be all there is.
"""

import json
from collections import deque
from collections.abc import Sequence
from hashlib import blake2b

from core.phones.storage.project_memory import NewAt
from core.phones.upstream import Page

WINDOWS = (8, 32, 128, 512)
LEAST = WINDOWS[0]
LONGEST = WINDOWS[-1]

_DIGEST = 8  # bytes of a window's digest
_SIGN = 2  # bytes that tell where to look for the head; too few to recognise a number by


def record_keys(page: Page) -> list[bytes]:
    """What is compared of each record."""
    records = zip(page.phones, page.created_at, strict=True)
    return [f"{phone}\t{moment}\n".encode() for phone, moment in records]


def head_marks(keys: Sequence[bytes]) -> bytes:
    """The marks of a project that begins with `keys`; empty where they are too few."""
    if len(keys) < LEAST:
        return b""
    return _sign(keys[0]) + b"".join(_digest(keys[:w]) for w in WINDOWS if w <= len(keys))


def tail_marks(keys: Sequence[bytes]) -> bytes:
    """The marks of a project that ends with `keys`; empty where they are too few."""
    return b"".join(_digest(keys[-w:]) for w in WINDOWS if w <= len(keys))


def ends_with(keys: Sequence[bytes], upto: int, marks: bytes) -> bool:
    """Whether the records before place `upto` are the tail that `marks` remember."""
    known = len(marks) // _DIGEST
    fitting = [number for number, w in enumerate(WINDOWS[:known]) if w <= upto <= len(keys)]
    if not fitting:
        return False
    number = fitting[-1]
    mark = marks[number * _DIGEST : (number + 1) * _DIGEST]
    return _digest(keys[upto - WINDOWS[number] : upto]) == mark


class HeadSearch:
    """Looks for the old head in the pages of a project, read in order.

    `before` is the number of records before the first page to come.
    """

    def __init__(self, marks: bytes, before: int) -> None:
        self._sign = marks[:_SIGN]
        self._marks = marks[_SIGN:]
        self._keys: list[bytes] = []
        self._before = before

    def look(self, page: Page) -> int | None:
        """How many records stand before the old head; None where it has not turned up."""
        self._keys += record_keys(page)
        keys = self._keys
        for place in range(len(keys) - LEAST + 1):
            if _sign(keys[place]) == self._sign and self._stands_at(place):
                return self._before + place
        passed = max(0, len(keys) - LEAST + 1)
        self._before += passed
        del keys[:passed]
        return None

    @property
    def may_have_begun(self) -> bool:
        """Whether the last records seen may be the beginning of the old head."""
        return any(_sign(key) == self._sign for key in self._keys)

    def _stands_at(self, place: int) -> bool:
        left = len(self._keys) - place
        known = len(self._marks) // _DIGEST
        number = max(n for n, w in enumerate(WINDOWS[:known]) if w <= left)
        mark = self._marks[number * _DIGEST : (number + 1) * _DIGEST]
        return _digest(self._keys[place : place + WINDOWS[number]]) == mark


class Landmarks:
    """Gathers the marks of a project while its pages are read from the first to the last."""

    def __init__(self) -> None:
        self._first: list[Page] = []
        self._last: deque[Page] = deque()
        self._held_first = 0
        self._held_last = 0
        self._head: bytes | None = None  # once its pages are all there
        self.pages = 0
        self._first_length = 0
        self._last_length = 0
        self._even = True  # all pages but the last have the length of the first
        self._times: tuple[str, str] | None = None  # of the first and the last record
        self._timed = True  # all records at the edges of pages have times
        self._rising = self._falling = True

    def add(self, page: Page, again: int = 0) -> None:
        """The next page, whose first `again` records ended the one before. Only the pages at both
        ends are held."""
        length = len(page)
        if not length:
            return
        rest = page.without(again)
        if self._held_first < LONGEST and self._head is None:
            self._first.append(rest)
            self._held_first += len(rest)
        self._last.append(rest)
        self._held_last += len(rest)
        while self._held_last - len(self._last[0]) >= LONGEST:
            self._held_last -= len(self._last.popleft())
        if self.pages:
            self._even = self._even and self._last_length == self._first_length
        else:
            self._first_length = length
        self._last_length = length
        self.pages += 1
        if len(rest):
            self._add_time(rest.created_at[0])
            self._add_time(rest.created_at[-1])

    def _add_time(self, time: str | None) -> None:
        if not time:
            self._timed = False
            return
        first, last = self._times or (time, time)
        self._rising = self._rising and last <= time
        self._falling = self._falling and last >= time
        self._times = first, time

    def regular(self, size: int) -> bool:
        """Whether every page but the last was full, at `size` records a page."""
        if self.pages > 1 and not (self._even and self._first_length == size):
            return False
        return self._last_length <= size

    @property
    def page_size(self) -> int:
        """The length of every page but the last, 0 where they differ or there is but one."""
        several = self.pages > 1 and self.regular(self._first_length)
        return self._first_length if several else 0

    @property
    def head(self) -> bytes:
        if self._head is not None:
            return self._head
        head = head_marks([key for page in self._first for key in record_keys(page)])
        if self._held_first >= LONGEST:
            self._head = head
            self._first.clear()
        return head

    @property
    def tail(self) -> bytes:
        return tail_marks([key for page in self._last for key in record_keys(page)])

    @property
    def new_at(self) -> NewAt:
        """What the order of the times at the pages' edges suggests."""
        if not self._timed or self._times is None or self._times[0] == self._times[1]:
            return NewAt.UNKNOWN
        if self._rising:
            return NewAt.END
        return NewAt.FRONT if self._falling else NewAt.UNKNOWN

    def to_bytes(self) -> bytes:
        """For the checkpoint: all but the last pages, which are too large for it."""
        state = {
            "head": self.head.hex(),
            "lengths": (self.pages, self._first_length, self._last_length, self._even),
            "times": self._times,
            "order": (self._timed, self._rising, self._falling),
        }
        return json.dumps(state).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Landmarks":
        """What `to_bytes` gave. The tail is that of the pages to come."""
        state = json.loads(data)
        marks = cls()
        marks._head = bytes.fromhex(state["head"])
        marks.pages, marks._first_length, marks._last_length, marks._even = state["lengths"]
        marks._times = tuple(state["times"]) if state["times"] else None
        marks._timed, marks._rising, marks._falling = state["order"]
        return marks


def _digest(keys: Sequence[bytes]) -> bytes:
    return blake2b(b"".join(keys), digest_size=_DIGEST).digest()


def _sign(key: bytes) -> bytes:
    return blake2b(key, digest_size=_SIGN).digest()
