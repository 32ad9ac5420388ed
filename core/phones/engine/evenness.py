"""Do all full pages of the server have one length? Some servers filter a page after cutting it.

A page shorter than others that is followed by another one can mean two things: full pages are
shorter now, and page numbers have changed their meaning, or they are as long as ever and this one
lacks records. One look at a page tells which: where it is what it was, although a longer one was
given meanwhile, pages are uneven. Then no length says anything about the end of a project,
and page numbers mean what they meant.
"""

from dataclasses import dataclass
from enum import Enum

from core.asking.span import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Page `page` of a project; `before` is the digest of the page before it."""

    project: int
    page: int
    before: bytes = b""


NOWHERE = Place(0, 0)


@dataclass(frozen=True, slots=True)
class Look:
    """Page `page` had `length` records and this `digest`: it is to be asked for once more.
    `longer_since`: a longer page was surely asked for after it. `before`: it is the page before
    the one being judged."""

    project: int
    page: int
    length: int
    digest: bytes
    longer_since: bool
    before: bool


class Showed(Enum):
    """What such a look showed."""

    UNEVEN = "uneven"  # pages in the middle are shorter than others
    GROWN = "grown"  # it was the last page then, and the project has got more records since
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Proof:
    """The page before `at` had `length` records and was asked for at `span`."""

    at: Place
    length: int
    span: Span

    def look(self, *, longer_since: bool, before: bool) -> Look:
        at = self.at
        return Look(at.project, at.page - 1, self.length, at.before, longer_since, before)


class Evenness:
    """What is known of it; under the lock of `PageEnds`."""

    def __init__(self, uneven: bool) -> None:
        self.uneven = uneven
        self._looked: set[int] = set()
        self._proof: Proof | None = None
        self.longest = 0
        self._shortest_inside: int | None = None  # of the pages that another one followed

    @property
    def seen_even(self) -> bool:
        """Whether pages were followed by others, and none of them was shorter than another."""
        return self._shortest_inside is not None and self._shortest_inside >= self.longest

    def note(self, length: int, previous: int) -> None:
        """A page of `length` came after one of `previous` records (0: it was a first page)."""
        self.longest = max(self.longest, length)
        if length and previous:
            least = previous if self._shortest_inside is None else self._shortest_inside
            self._shortest_inside = min(least, previous)

    def proven(self, at: Place, length: int, span: Span) -> None:
        """The page before `at` was full: its length is taken for the page size."""
        self._proof = Proof(at, length, span)

    def look_before(self, page: Proof, *, full: int, longer: bool) -> Look | None:
        """Is the page before the present one worth a look, where pages have been seen with `full`
        records? `longer`: one of those surely came after it."""
        if page.length >= full or page.length in self._looked:
            return None
        return page.look(longer_since=longer, before=True)

    def look_at_proof(self, size: int, span: Span) -> Look | None:
        """A page longer than `size`, which was proven, came at `span`: is the proof still one?"""
        proof = self._proof
        if proof is None or proof.length != size or span.started <= proof.span.answered:
            return None
        return proof.look(longer_since=True, before=False)

    def looked(self, look: Look, length: int, digest: bytes, known_size: int) -> Showed:
        """`length` and `digest` are what it has now; `known_size` a size that this run has proven,
        or 0."""
        self._looked.add(look.length)
        if digest == look.digest and look.longer_since:
            self.uneven = True
            return Showed.UNEVEN
        if look.before and look.length < length <= known_size:
            return Showed.GROWN
        return Showed.NOTHING
