"""Which page was the last of its project, without asking for an empty one each time.

The server does not promise a page size, so a page shorter than the others is only probably
the last. Three rules keep every record, whatever the size is and if it changes:

* At first and now and then later the page after a short one is asked for all the same. Where an
  earlier run knew the project, also if it had more records then; where none did, also if the page
  is longer than all before it, or several of one length come and none longer between them.
* A short page taken for the last stays in *doubt* until a later page turns out longer: the
  server's pages were longer before and after, so that one was not full. What is left in
  doubt at the end of the run (about ln(projects) different lengths) is asked for, of every
  project: one that fills its pages exactly ends there and says nothing of the others. Unless
  full pages are still as long as they were, or, where there is none, the longest page.
* A page followed by another one was full: its length was the page size at that moment.
  Where that disproves an assumption, the projects that ended on a page of this length are
  read further; where pages turn out longer than they were, page numbers mean other records,
  and projects of several pages not proven since are read again.

All of this holds where full pages have one length. Where `core.phones.engine.evenness` finds that
they have not, only an empty page is an end, for every project of the server and in later runs
until one saw pages even again. A page of nearly the full length is asked further, as far as that
costs little: among the ends of projects it is rare, among shortened pages usual.

A page counts as earlier or later than another only where it surely was (`core.asking.span`).

This relies on two things: the size does not change before it was seen once (two pages of one
project), nor to and fro within the few requests between two proofs.
"""

import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from core.asking.span import LONG_AGO, Span
from core.phones.engine.assumed_ends import CHECKS_AT_FIRST, AssumedEnds
from core.phones.engine.evenness import NOWHERE, Evenness, Look, Place, Proof, Showed

DOCUMENTED_SIZE = 1000
GROWN_TOO_OFTEN = 5  # from shorter pages to the same length
NEARLY = 0.9  # of a full page: such a page takes the place of the next one to be checked


class Verdict(Enum):
    """What follows a page."""

    MORE = "more"
    LAST = "last"
    ASSUMED_LAST = "assumed_last"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`reopen_length`: a page size that was taken for a last page; projects that ended on it
    go on. `reread_after`: projects of several pages whose last answer came after so many
    requests had been started are read again from page 1 (None: nothing of the kind). `look`:
    nothing is judged before `looked_again` was told of that page. `uneven`: that showed now."""

    verdict: Verdict
    reopen_length: int | None = None
    reread_after: int | None = None
    look: Look | None = None
    uneven: bool = False


class PageEnds:
    """Judges pages as they arrive. Any thread may call; state is a few numbers.

    A `span` says when a page was asked for. `learned_size` and `uneven` are what earlier runs
    found out, None and False at first.
    """

    def __init__(self, learned_size: int | None = None, *, uneven: bool = False) -> None:
        self._lock = threading.Lock()
        self._evenness = Evenness(uneven)
        self._size = learned_size or DOCUMENTED_SIZE
        self._true_sizes: set[int] = {learned_size} if learned_size else set()
        self._ends = AssumedEnds(1 if learned_size else CHECKS_AT_FIRST)
        self._longest = 0
        self._grown_to = Counter[int]()
        self._proven_at = 0  # the newest Span.started of a proof of the size
        self._paged_at = 0  # the newest Span.answered of a page found by its number
        self.epoch = 0

    @property
    def size(self) -> int:
        """The length of a full page as far as it is known now."""
        return self._size

    @property
    def learned_size(self) -> int | None:
        """The page size that was proven, for the next run."""
        if self.uneven:
            return self._evenness.longest if self._evenness.seen_even else None
        return self._size if self._size in self._true_sizes else None

    @property
    def true_sizes(self) -> frozenset[int]:
        """Every length that proved to be a full page during the run."""
        return frozenset(self._true_sizes)

    @property
    def as_ever(self) -> bool:
        """Whether the size is known, from earlier runs or this one, and no other was seen."""
        return self._true_sizes == {self._size}

    @property
    def uneven(self) -> bool:
        """Whether pages in the middle are shorter than others: only an empty page is an end."""
        return self._evenness.uneven

    @property
    def nearly_full(self) -> range:
        """The lengths of pages that lack few records; none where no page size was proven."""
        if self.uneven or self._size not in self._true_sizes:
            return range(0)
        return range(math.ceil(NEARLY * self._size), self._size)

    @property
    def seen_even(self) -> bool:
        """Whether all pages of this run that another one followed had the greatest length."""
        with self._lock:
            return self._evenness.seen_even

    def judge(
        self,
        length: int,
        span: Span,
        previous: int = 0,
        previous_span: Span = LONG_AGO,
        known: int | None = None,
        at: Place = NOWHERE,
        *,
        looked: bool = False,
    ) -> Judgement:
        """Judge a page of `length` records; `previous` is the length of the page before it in
        the same project (0 for the first page), asked for at `previous_span`. `known` is how
        many records stood from this page on at an earlier run, None where that is not known.
        `at` is which page it is, NOWHERE where nothing can be looked at again; `looked`: that was
        done for this page."""
        with self._lock:
            if self._evenness.uneven:
                self._evenness.note(length, previous)
                return Judgement(Verdict.MORE if length else Verdict.LAST)
            look = None
            if at.project and not looked:
                look = self._look(length, span, previous, previous_span, at)
            if look is not None:
                return Judgement(Verdict.MORE, look=look)
            self._evenness.note(length, previous)
            if length == 0:
                if previous >= self._size or previous in self._true_sizes:
                    self._paged_at = max(self._paged_at, span.answered)
                elif previous:
                    self._ends.was_one(previous)
                return Judgement(Verdict.LAST)
            longest, self._longest = self._longest, max(self._longest, length)
            self._ends.settle(length, span)
            reopen = None
            if previous:
                self._paged_at = max(self._paged_at, span.answered)
                reopen = self._learn_from_pair(previous, previous_span)
                if previous == self._size and at.project:
                    self._evenness.proven(at, previous, previous_span)
            reread = self._grown(length)
            if self.uneven:
                return Judgement(Verdict.MORE, uneven=True)
            return Judgement(self._verdict(length, span, longest, known), reopen, reread)

    def looked_again(self, look: Look, length: int, digest: bytes) -> Showed:
        """The page that a judgement wanted to be looked at is this now."""
        with self._lock:
            proven = self._proven_at > 0 and self._size in self._true_sizes
            showed = self._evenness.looked(look, length, digest, self._size if proven else 0)
            if showed is Showed.UNEVEN:
                self._ends.clear()
            return showed

    def proven(self, size: int, span: Span) -> None:
        """The records known from another run stood on the page where `size` records a page put
        them: that was the size when that page was asked for."""
        with self._lock:
            if size != self._size:
                return
            self._true_sizes.add(size)
            self._ends.settle(size, span)
            self._ends.trust()
            self._proven_at = max(self._proven_at, span.started)

    def doubtful_lengths(self) -> list[int]:
        """Lengths of assumed last pages that nothing has confirmed since."""
        with self._lock:
            return self._ends.doubtful_lengths()

    def in_doubt_since(self, length: int) -> int:
        """The oldest `Span.answered` of a page of `length` in doubt: those before are settled."""
        with self._lock:
            return self._ends.in_doubt_since(length)

    def continue_from(
        self, doubts: Sequence[tuple[int, int]], *, paged: bool, size: int | None
    ) -> None:
        """A run that continues: its assumed ends, each a length and the newest `Span.answered`,
        are in doubt again, and so are page numbers if it read any project of several pages.
        `size` is what pages proved to have then, None where nothing proved it."""
        with self._lock:
            self._paged_at = 1 if paged else 0
            if size is not None:
                self._size = size
                self._true_sizes.add(size)
            for length, answered in doubts:
                self._ends.put_in_doubt(length, answered)

    @property
    def numbering_in_doubt(self) -> bool:
        """Whether a page was found by its number, perhaps, since the size was last proven."""
        return self._paged_at > 0 and self._paged_at >= self._proven_at

    def numbering_checked(self, expected: int, length: int, span: Span) -> Judgement:
        """A full page was asked for again: has it the length that it had?"""
        with self._lock:
            self._paged_at = 0
            if length == expected:
                self._proven_at = span.started
                return Judgement(Verdict.LAST)
            self.epoch += 1
            if 0 < length < expected:
                self._true_sizes.add(length)
                self._size = length
            else:
                self._size = max(self._size, length)
            return Judgement(Verdict.LAST, None, self._after_proof)

    def shown(self, length: int, span: Span) -> None:
        """A page of `length` is there. Where that is the only size ever seen, or no full page was
        ever seen, shorter pages before were not full."""
        with self._lock:
            if not self._true_sizes or (self.as_ever and length == self._size):
                self._ends.settle(length, span)

    def confirm(self, length: int) -> None:
        """All projects that ended on `length` were looked into: nothing is in doubt."""
        with self._lock:
            self._ends.confirm(length)

    @property
    def _after_proof(self) -> int:
        """`Span.answered` of what was not surely over before the newest proof is greater."""
        return self._proven_at - 1

    def _look(
        self, length: int, span: Span, previous: int, previous_span: Span, at: Place
    ) -> Look | None:
        """The page that has to be seen again before a page `at` tells what its length means."""
        if not length:
            return None
        if previous and previous not in self._true_sizes:
            known = self._size if self._size in self._true_sizes else 0
            longer = length > previous or (
                known > previous and self._proven_at > previous_span.answered
            )
            full = max(self._longest, known, length)
            before = Proof(at, previous, previous_span)
            look = self._evenness.look_before(before, full=full, longer=longer)
            if look is not None:
                return look
        if length > self._size and self._size in self._true_sizes:
            return self._evenness.look_at_proof(self._size, span)
        return None

    def _learn_from_pair(self, previous: int, previous_span: Span) -> int | None:
        """The page before this one was full. Was it taken for something else before?"""
        news = previous not in self._true_sizes
        self._true_sizes.add(previous)
        if previous < self._size:
            self._size = previous
            self._ends.distrust()
        self._ends.confirm(previous)
        self._proven_at = max(self._proven_at, previous_span.started)
        return previous if news else None

    def _grown(self, length: int) -> int | None:
        if length <= self._size:
            return None
        grown = self._size in self._true_sizes
        self._size = length
        if not grown:
            return None
        self._grown_to[length] += 1
        if self._grown_to[length] > GROWN_TOO_OFTEN:
            self._evenness.uneven = True  # a size that changed would not come back so often
            self._ends.clear()
            return None
        self.epoch += 1
        return self._after_proof

    def _verdict(self, length: int, span: Span, longest: int, known: int | None) -> Verdict:
        self._ends.longer_came(length)
        if length >= self._size or length in self._true_sizes:
            return Verdict.MORE
        nearly = length in self.nearly_full
        checked = self._ends.is_checked(length, span, longest=longest, known=known, nearly=nearly)
        return Verdict.MORE if checked else Verdict.ASSUMED_LAST
