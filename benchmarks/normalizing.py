"""Normalising phone numbers: the definition against the fast path, over pages of 1000.

Run alone: python -m benchmarks.normalizing
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from core.phones.fastpath import normalize_page
from core.phones.normalize import normalize

PAGE = 1000
PAGES = 20
REPEATS = 7


class Row(NamedTuple):
    """One line of the table."""

    name: str
    numbers_per_second: float
    """Median of several runs."""
    ratio: float
    """Against the definition, run on the same numbers in the same process."""


def measure() -> list[Row]:
    """Takes about 10 seconds. The two ways take turns, so that a busy machine slows both."""
    rows = []
    for name, pages in _inputs().items():
        slow, fast = _speeds(
            lambda pages=pages: [normalize(raw) for raw in pages[0]],
            lambda pages=pages: [normalize_page(page) for page in pages],
            sizes=(PAGE, PAGE * PAGES),
        )
        rows += [
            Row(f"definition, {name}", slow, 1.0),
            Row(f"fast path, {name}", fast, fast / slow),
        ]
    return rows


def _speeds(*ways: Callable[[], object], sizes: Sequence[int]) -> list[float]:
    speeds: list[list[float]] = [[] for _ in ways]
    for _ in range(REPEATS):
        for way, size, found in zip(ways, sizes, speeds, strict=True):
            started = time.perf_counter()
            way()
            found.append(size / (time.perf_counter() - started))
    return [statistics.median(found) for found in speeds]


def _inputs() -> dict[str, list[Sequence[str | int]]]:
    """Made-up numbers of the unallocated ranges 957 and 972-976, always the same."""
    chance = random.Random(6)  # noqa: S311 - made-up numbers
    usual: list[Sequence[str]] = [
        [
            f"7{chance.choice((957, 972, 973, 974, 975, 976))}{chance.randrange(10**7):07}"
            for _ in range(PAGE)
        ]
        for _ in range(PAGES)
    ]
    return {
        "11 digits": list(usual),
        "JSON numbers": [[int(raw) for raw in page] for page in usual],
        "3 % invalid": [
            [raw if i % 33 else "70001234567" for i, raw in enumerate(page)] for page in usual
        ],
        "+7 (957) 123-45-67": [
            [f"+7 ({raw[1:4]}) {raw[4:7]}-{raw[7:9]}-{raw[9:]}" for raw in page] for page in usual
        ],
    }


def main() -> None:
    for row in measure():
        print(f"{row.name:40} {row.numbers_per_second:12,.0f} /s {row.ratio:8.1f} x")


if __name__ == "__main__":
    main()
