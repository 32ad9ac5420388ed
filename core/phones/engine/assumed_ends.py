"""Ends of projects that were only assumed from a short page: which of them are checked, and what is
in doubt until a longer page comes. The rules stand in `core.phones.engine.page_ends`."""

from dataclasses import dataclass

from core.asking.span import Span

CHECKS_AT_FIRST = 3
CHECK_EVERY = 200
FIRST_TIE = 2  # so many of one length in a row are looked into
NEXT_TIE = 4  # times as many where that was nothing: small projects are often of one size
TIES_IN = 200  # short pages for each look at such a row, beside the first


@dataclass(slots=True)
class _Doubt:
    since: int  # the oldest Span.answered of a page of this length that nothing settled
    answered: int  # the newest
    times: int = 0
    in_a_row: int = 0  # with none longer between them, in the order of their answers


class AssumedEnds:
    """Short pages by their lengths; under the lock of `PageEnds`. The next `checks` are checked."""

    def __init__(self, checks: int) -> None:
        self._checks_left = checks
        self._short_pages = 0
        self._doubts: dict[int, _Doubt] = {}
        self._tie: dict[int, int] = {}  # so many in a row of a length are looked into next
        self._ties_checked = 0
        self._routine_checks = 0

    def is_checked(
        self, length: int, span: Span, *, longest: int, known: int | None, nearly: bool
    ) -> bool:
        """Whether the page after this short one of `length` is asked for all the same. `longest`
        were the pages before it, `known` records stood from here on at an earlier run (None: not
        known), and `nearly` is for a page that is nearly full."""
        self._short_pages += 1
        doubt = self._doubts.setdefault(length, _Doubt(span.answered, span.answered))
        doubt.since = min(doubt.since, span.answered)
        doubt.answered = max(doubt.answered, span.answered)
        doubt.times += 1
        doubt.in_a_row += 1
        return (
            self._checks_left > 0
            or (known is None and (length > longest or self._tied(length, doubt)))
            or (known is not None and length < known)
            or self._has_its_turn(nearly=nearly)
        )

    def was_one(self, length: int) -> None:
        """A check found nothing behind a page of `length`."""
        self._checks_left = max(0, self._checks_left - 1)
        doubt = self._doubts.get(length)
        if doubt is not None and doubt.times <= 1:
            del self._doubts[length]

    def longer_came(self, length: int) -> None:
        """A page of `length` came: rows of shorter ones end."""
        for other, shorter in self._doubts.items():
            if other < length:
                shorter.in_a_row = 0

    def settle(self, length: int, span: Span) -> None:
        """A page of `length` was asked for at `span`: shorter ones that had surely come before
        were not full."""
        doubts = self._doubts.items()
        settled = [n for n, doubt in doubts if n < length and doubt.answered < span.started]
        for shorter in settled:
            del self._doubts[shorter]

    def trust(self) -> None:
        """The page size is proven: no more checks than the usual ones."""
        self._checks_left = 0

    def distrust(self) -> None:
        """The page size was another one than it seemed."""
        self._checks_left = CHECKS_AT_FIRST

    def put_in_doubt(self, length: int, answered: int) -> None:
        """An end that an earlier session of the run assumed."""
        self._doubts[length] = _Doubt(0, answered, times=1)  # or more

    def confirm(self, length: int) -> None:
        """Nothing that ended on `length` is in doubt any more."""
        self._doubts.pop(length, None)

    def clear(self) -> None:
        """No length says anything any more."""
        self._doubts.clear()

    def doubtful_lengths(self) -> list[int]:
        return sorted(self._doubts)

    def in_doubt_since(self, length: int) -> int:
        return self._doubts[length].since

    def _has_its_turn(self, *, nearly: bool) -> bool:
        """One page in so many is checked in any case, rather one that is nearly full."""
        due = self._short_pages // CHECK_EVERY + nearly
        if self._routine_checks >= due:
            return False
        self._routine_checks += 1
        return True

    def _tied(self, length: int, doubt: _Doubt) -> bool:
        """Whether so many pages of one length came in a row that it may be the size."""
        wanted = self._tie.get(length, FIRST_TIE)
        if doubt.in_a_row < wanted or self._ties_checked > self._short_pages // TIES_IN:
            return False
        self._tie[length] = wanted * NEXT_TIE
        self._ties_checked += 1
        return True
