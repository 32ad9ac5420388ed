"""The made-up numbers of a database: which phone is linked to which project, and in which run.

The same sizes always give the same content. Numbers come only from ranges that belong to nobody.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CODES = (907, 935, *range(943, 949), 957, *range(972, 977))
SPREAD = 5_000_011  # prime, so neighbours in time are not neighbours in number

Column = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    phones: int
    links: int
    clients: int = 2411
    projects: int = 4012
    runs: int = 12
    failed: int = 3  # clients and projects that failed in the newest run, each
    unfinished: bool = False  # whether the newest run was stopped half way


@dataclass(frozen=True)
class Links:
    """All links, sorted by (project, phone); `first` marks the one that first saw a phone."""

    project: Column
    phone: Column
    run: Column
    last_run: Column
    first: NDArray[np.bool_]


def phone_text(number: int) -> str:
    """The made-up phone with this id."""
    code = CODES[number % len(CODES)]
    return f"+7{code}{number * SPREAD % 10_000_000:07d}"


def runs_of_phones(size: Size) -> Column:
    """The run that first saw each phone, by id: half of them in the first run."""
    weights = np.array([float(size.runs)] + [1.0] * (size.runs - 1))
    ends = np.round(np.cumsum(weights) / weights.sum() * size.phones).astype(np.int64)
    return np.searchsorted(ends, np.arange(size.phones), side="right").astype(np.int64) + 1


def made_up_links(size: Size, phone_run: Column) -> Links:
    ids = np.arange(1, size.phones + 1, dtype=np.int64)
    starts = np.searchsorted(phone_run, phone_run, side="left")
    counts = np.bincount(phone_run, minlength=size.runs + 1)[phone_run]
    part = (ids - 1 - starts) / counts
    full = max(1, int(size.projects * 0.98))  # the others stay empty
    home = np.minimum((part**1.5 * full).astype(np.int64), full - 1) + 1

    extra = size.links - size.phones
    number = np.arange(extra, dtype=np.int64)
    again = number % size.phones
    step = 1 + number // size.phones * 7 % (full - 1) if full > 1 else number * 0
    other = (home[again] - 1 + step * (1 + again % 3)) % full + 1
    seen = np.minimum(phone_run[again] + again % 4, size.runs)

    project = np.concatenate([home, other])
    phone = np.concatenate([ids, again + 1])
    run = np.concatenate([phone_run, seen])
    first = np.concatenate([np.ones(size.phones, bool), np.zeros(extra, bool)])
    order = np.lexsort((~first, phone, project))
    project, phone, run, first = project[order], phone[order], run[order], first[order]
    distinct = np.ones(len(project), bool)
    distinct[1:] = (project[1:] != project[:-1]) | (phone[1:] != phone[:-1])
    project, phone, run, first = (c[distinct] for c in (project, phone, run, first))
    # One link in fifty was last seen in the run before the newest.
    gone = (project * 31 + phone * 17) % 50 == 0
    last = np.where(gone, np.maximum(run, size.runs - 1), size.runs)
    return Links(project, phone, run, last, first)
