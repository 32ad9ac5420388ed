"""Totals and the values of search forms, while listings change."""

from dataclasses import dataclass, field
from typing import cast

import pytest

from core.cars.api.counts import Counts
from core.cars.api.remembered import GOOD_FOR, Remembered


@dataclass
class Made:
    """What is counted, by version, and when."""

    version: int = 1
    now: float = 0.0
    times: int = 0
    remembered: Remembered[int] = field(init=False)

    def __post_init__(self) -> None:
        self.remembered = Remembered(cast(Counts, self), lambda: self.now)

    def make(self) -> int:
        self.times += 1
        return self.version

    def get(self, key: str = "") -> int:
        return self.remembered.get(key, self.make)


@pytest.fixture
def made() -> Made:
    return Made()


def test_without_changes_nothing_is_made_twice(made: Made) -> None:
    made.get()
    made.now = 10 * GOOD_FOR
    assert (made.get(), made.times) == (1, 1)
    assert (made.get("another"), made.times) == (1, 2)


def test_a_change_is_seen_when_the_answer_is_too_old(made: Made) -> None:
    made.get()
    made.version, made.now = 2, GOOD_FOR - 0.1
    assert made.get() == 1
    made.now = GOOD_FOR
    assert (made.get(), made.times) == (2, 2)


def test_what_was_made_before_everything_was_counted_is_not_kept(made: Made) -> None:
    made.version = -1
    made.get()
    made.version = 5
    assert made.get() == 5


def test_not_everything_that_was_ever_asked_is_kept(made: Made) -> None:
    for number in range(1001):
        made.get(str(number))
    made.get("0")
    assert made.times == 1002
