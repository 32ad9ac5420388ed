"""Normalising: the definition beside the fast path, on pages of 1,000 made-up numbers.

Of processor time; the median of several runs, in which the two ways take turns in one process.
"""

import random
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial

from benchmarks.report import Aim, Finding, Row, ratio
from core.phones.numbers.fastpath import normalize_page
from core.phones.numbers.normalize import normalize

TITLE = "Normalising"
PAGE = 1000
PAGES = 20
REPEATS = 7
USUAL = "11 digits"


def measure(quick: bool = False) -> Finding:
    """Takes about ten seconds."""
    rows: list[Row] = []
    speeds: dict[str, float] = {}
    for name, pages in _inputs().items():
        slow, fast = _speeds(
            partial(_define, pages[0]),
            partial(_normalize, pages),
            sizes=(PAGE, PAGE * PAGES),
            repeats=2 if quick else REPEATS,
        )
        rows.append(
            {
                "numbers": name,
                "definition, numbers/s": slow,
                "fast path, numbers/s": fast,
                "ratio": ratio(fast, slow),
            }
        )
        speeds[name] = fast
    usual = speeds[USUAL]
    aim = Aim("numbers normalised a second", f"{usual:,.0f}", "1,500,000", usual >= 1_500_000)
    return Finding(rows, [aim])


def _define(page: Sequence[str | int]) -> None:
    for raw in page:
        normalize(raw)


def _normalize(pages: Sequence[Sequence[str | int]]) -> None:
    for page in pages:
        normalize_page(page)


def _speeds(*ways: Callable[[], object], sizes: Sequence[int], repeats: int) -> list[float]:
    speeds: list[list[float]] = [[] for _ in ways]
    for _ in range(repeats):
        for way, size, found in zip(ways, sizes, speeds, strict=True):
            started = time.process_time()
            way()
            found.append(size / (time.process_time() - started))
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
        USUAL: list(usual),
        "JSON numbers": [[int(raw) for raw in page] for page in usual],
        "3 % invalid": [
            [raw if i % 33 else "70001234567" for i, raw in enumerate(page)] for page in usual
        ],
        "+7 (957) 123-45-67": [
            [f"+7 ({raw[1:4]}) {raw[4:7]}-{raw[7:9]}-{raw[9:]}" for raw in page] for page in usual
        ],
    }
