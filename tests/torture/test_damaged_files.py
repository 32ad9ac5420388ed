"""Saving what can be read of files that were damaged in every way, as often as time allows."""

import random
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from core.database.failures import StorageFailure, StorageProblem
from core.phones.storage.connect import open_writer
from core.phones.storage.salvage import salvage
from tests.phones.storage.conftest import collected_twice
from tests.phones.storage.consistency import contradictions
from tests.phones.storage.test_salvage import PAGE, destroy, garble
from tests.torture.conftest import FULL, rounds

__all__ = ["collected_twice"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800 if FULL else 300)]

WAYS = ("bits", "bytes", "cells", "shifted", "mixed up", "destroyed", "cut")


def spoil(path: Path, how: str, draws: random.Random) -> None:
    pages = path.stat().st_size // PAGE
    match how:
        case "destroyed":
            for _ in range(draws.choice((1, 3, 10, pages // 4))):
                destroy(path, draws.randrange(2, pages + 1))
        case "cut":
            with path.open("rb+") as file:
                file.truncate(draws.randrange(PAGE, pages * PAGE))
        case _:
            garble(path, how, draws)


def test_whatever_was_damaged(collected_twice: Path, tmp_path: Path, chance: random.Random) -> None:
    """A sound file or a clear refusal, soon: no other end."""
    with closing(sqlite3.connect(collected_twice)) as db:
        phones = {*db.execute("SELECT id, phone FROM phones")}
    ends: Counter[str] = Counter()
    seconds = []
    for _ in range(rounds(10, 1000)):
        damaged, saved = tmp_path / "phones.db", tmp_path / "saved.db"
        shutil.copyfile(collected_twice, damaged)
        saved.unlink(missing_ok=True)
        how = chance.choice(WAYS)
        spoil(damaged, how, chance)
        began = time.process_time()
        try:
            salvage(damaged, saved)
        except StorageFailure as failure:
            if failure.problem not in (StorageProblem.DAMAGED, StorageProblem.NOT_A_DATABASE):
                raise
            ends["refused: the list of tables is destroyed"] += 1
            continue
        seconds.append(time.process_time() - began)
        # What runs counted stays as it was read; a phone may have lost the only link it had.
        found = contradictions(saved)
        assert not [name for name in found if "runs" not in name and "first" not in name], how
        with closing(open_writer(saved)) as db:
            kept = {*db.execute("SELECT id, phone FROM phones")}
        ends["saved"] += 1
        ends["saved with a row that was none"] += bool(kept - phones)
    print(f"{dict(ends)}, at most {max(seconds):.1f} s of processor time")
