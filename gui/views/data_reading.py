"""What the Data view reads, in background threads: a page, a count, a phone, the runs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.queries.phone import PhoneDetails, phone_details
from core.phones.storage.queries.runs import run_list
from core.phones.storage.queries.tables import Count
from core.phones.storage.reader import Reader
from gui.views.data_sheets import Filters, Order, Sheet, SheetPage

RUNS_TO_CHOOSE = 40


@dataclass(slots=True)
class Asked:
    """What is being read now; `stale` tells its reader to give up."""

    sheet: Sheet
    filters: Filters
    order: Order
    stale: threading.Event


def _reading(path: Path, stale: Callable[[], bool] | None = None) -> Reader | None:
    """None where there is no database yet."""
    try:
        return Reader(path, stale)
    except StorageFailure as failure:
        if failure.problem is StorageProblem.MISSING:
            return None
        raise


def read_page(path: Path, asked: Asked, cursor: Any) -> SheetPage | None:
    reader = _reading(path, asked.stale.is_set)
    if reader is None:
        return None
    with reader:
        return asked.sheet.read(reader, asked.filters, asked.order, cursor)


def read_count(path: Path, asked: Asked) -> Count | None:
    reader = _reading(path, asked.stale.is_set)
    if reader is None:
        return None
    with reader:
        return asked.sheet.count(reader, asked.filters)  # ends early where the question is stale


def read_details(path: Path, phone_id: int) -> PhoneDetails | None:
    with Reader(path) as reader:
        return phone_details(reader, phone_id)


def read_runs(path: Path) -> list[int]:
    reader = _reading(path)
    if reader is None:
        return []
    with reader:
        return [run.id for run in run_list(reader, RUNS_TO_CHOOSE)]
