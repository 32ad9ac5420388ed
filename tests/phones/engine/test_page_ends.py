"""The rules that tell a project's last page, one by one."""

import pytest

from core.asking.span import Span
from core.phones.engine.page_ends import PageEnds, Verdict


def alone(number: int) -> Span:
    """A request during which no other one was started."""
    return Span(number, number)


@pytest.mark.parametrize(("known", "verdict"), [(30, Verdict.MORE), (20, Verdict.ASSUMED_LAST)])
def test_a_page_shorter_than_the_project_was_is_looked_into(known: int, verdict: Verdict) -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    for request in (3, 4, 5):  # nor do others of the same length make it suspicious
        assert ends.judge(20, alone(request), known=known).verdict is verdict


def test_a_page_that_is_full_at_the_end_settles_what_was_in_doubt() -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    for request, length in ((3, 700), (4, 600), (5, 500)):
        ends.judge(length, alone(request), known=0)
    ends.shown(800, alone(6))  # not full: it says nothing
    assert ends.doubtful_lengths() == [500, 600, 700]
    ends.shown(1000, alone(4))  # asked for before the last two
    assert ends.doubtful_lengths() == [500, 600]
    ends.shown(1000, alone(6))
    assert ends.doubtful_lengths() == []


def test_where_no_page_was_full_the_longest_settles_what_was_in_doubt() -> None:
    ends = PageEnds()
    for request, length in ((1, 90), (3, 80), (5, 70)):  # the checks at first
        ends.judge(length, alone(request))
        ends.judge(0, alone(request + 1), length, alone(request))
    for request, length in ((7, 60), (8, 50), (9, 60)):
        ends.judge(length, alone(request))
    assert ends.doubtful_lengths() == [60]
    assert ends.in_doubt_since(60) == 7
    ends.shown(60, alone(10))
    assert ends.doubtful_lengths() == [60]
    ends.shown(90, alone(11))
    assert ends.doubtful_lengths() == []


def test_what_was_settled_is_not_in_doubt_again_with_the_next_of_its_length() -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    for request, length in ((3, 600), (4, 700), (5, 600), (6, 600)):
        ends.judge(length, alone(request), known=0)
    assert ends.in_doubt_since(600) == 5


@pytest.mark.parametrize("length", [1000, 1001])
def test_a_full_page_is_never_the_last(length: int) -> None:
    assert PageEnds(1000).judge(length, alone(1)).verdict is Verdict.MORE


def test_a_short_page_is_in_doubt_until_a_longer_one_comes() -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))  # the check at first
    assert ends.judge(700, alone(3)).verdict is Verdict.ASSUMED_LAST
    assert ends.doubtful_lengths() == [700]
    ends.judge(800, alone(4))
    assert ends.doubtful_lengths() == [800]


@pytest.mark.parametrize("longer", [Span(4, 6), Span(4, 5), Span(6, 7)])
def test_a_longer_page_that_may_be_older_settles_no_doubt(longer: Span) -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    ends.judge(700, Span(5, 6))
    ends.judge(800, longer)
    assert 700 in ends.doubtful_lengths()


def test_what_was_not_surely_over_before_a_proof_is_read_again() -> None:
    """41 proves a size of 1000. Who was answered before it was asked is over; 38, answered as
    the fiftieth had been started, may have met longer pages."""
    ends = PageEnds()
    ends.judge(1000, Span(44, 46), 1000, Span(41, 43))
    assert ends.judge(5000, Span(45, 47)).reread_after == 40
    assert Span(38, 50).answered > 40
    assert Span(38, 40).answered <= 40


def test_page_numbers_are_in_doubt_until_a_proof_that_surely_came_later() -> None:
    ends = PageEnds(1000)
    assert not ends.numbering_in_doubt
    ends.judge(700, Span(3, 9), 1000, Span(1, 2))  # page 2, found by its number
    ends.proven(1000, Span(8, 8))  # perhaps the server answered this one before
    assert ends.numbering_in_doubt
    ends.proven(1000, Span(10, 10))
    assert not ends.numbering_in_doubt


def test_small_projects_of_one_size_are_looked_into_ever_more_rarely() -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    verdicts = [ends.judge(3, alone(request)).verdict for request in range(3, 103)]
    looked_into = [number for number, v in enumerate(verdicts, start=1) if v is Verdict.MORE]
    assert looked_into == [2]


def test_pages_of_one_length_are_not_suspicious_where_longer_ones_come_between() -> None:
    ends = PageEnds(1000)
    ends.judge(900, alone(1))
    ends.judge(0, alone(2), 900, alone(1))
    for length in (3, 4, 3, 5, 3):  # the requests overlap: no doubt is settled
        assert ends.judge(length, Span(3, 9)).verdict is Verdict.ASSUMED_LAST
    assert ends.judge(3, Span(3, 9)).verdict is Verdict.MORE
