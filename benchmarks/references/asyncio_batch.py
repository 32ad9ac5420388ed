"""A collector as the asyncio libraries suggest it: aiohttp fetches, aiosqlite stores batches.

    python -m benchmarks.references.asyncio_batch URL TOKEN DATABASE [--normalizing fast]

Five tasks read projects, one stores what they bring: a thousand records or more a transaction,
with executemany. It does what the program does with a record, but keeps neither checkpoints nor
counters. `--normalizing fast` borrows the program's own normalising instead of phonenumbers.
Prints how many records it has stored.
"""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import aiohttp
import aiosqlite

from benchmarks.references.row_by_row import SCHEMA, normalized
from core.phones.numbers.fastpath import normalize_page

PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
TASKS = 5
BATCH = 5000
WAITING = 20  # pages

Normalizing = Callable[[Sequence[str]], Sequence[str | None]]
Batch = list[tuple[int, str, str, str | None]]  # project, raw, created_at, phone


class Collector:
    def __init__(self, url: str, token: str, normalizing: Normalizing) -> None:
        self._url = url
        self._token = token
        self._normalizing = normalizing
        self._projects: asyncio.Queue[int | None] = asyncio.Queue()
        self._pages: asyncio.Queue[Batch | None] = asyncio.Queue(WAITING)

    async def collect(self, database: str) -> int:
        async with aiohttp.ClientSession() as session, aiosqlite.connect(database) as db:
            await db.executescript(PRAGMAS + SCHEMA)
            storing = asyncio.create_task(self._store(db))
            readers = [asyncio.create_task(self._read(session)) for _ in range(TASKS)]
            for client in await self._ask(session, "clients"):
                for project in await self._ask(session, "gck_projects", user_id=client["id"]):
                    self._projects.put_nowait(int(project["id"]))
            for _ in readers:
                self._projects.put_nowait(None)
            await asyncio.gather(*readers)
            await self._pages.put(None)
            return await storing

    async def _ask(self, session: aiohttp.ClientSession, command: str, **fields: Any) -> list[Any]:
        body = {"token": self._token, "command": command, **fields}
        async with session.post(self._url, json=body) as answer:
            rows: list[Any] = (await answer.json())["result"]
            return rows

    async def _read(self, session: aiohttp.ClientSession) -> None:
        while (project := await self._projects.get()) is not None:
            page = 1
            while rows := await self._ask(session, "gck_phones", id=project, page=page):
                phones = self._normalizing([row["phone"] for row in rows])
                batch = [
                    (project, row["phone"], row["created_at"], phone)
                    for row, phone in zip(rows, phones, strict=True)
                ]
                await self._pages.put(batch)
                page += 1

    async def _store(self, db: aiosqlite.Connection) -> int:
        batch: Batch = []
        stored = 0
        while True:
            page = await self._pages.get()
            batch += page or ()
            if batch and (page is None or len(batch) >= BATCH):
                await _store_batch(db, batch)
                stored += len(batch)
                batch = []
            if page is None:
                return stored


async def _store_batch(db: aiosqlite.Connection, batch: Batch) -> None:
    valid = [row for row in batch if row[3] is not None]
    rejected = [row[:2] for row in batch if row[3] is None]
    await db.executemany(
        "INSERT OR IGNORE INTO phones (phone, original_format) VALUES (?, ?)",
        [(phone, raw) for _, raw, _, phone in valid],
    )
    await db.executemany(
        "INSERT OR IGNORE INTO project_phones SELECT ?, id, ? FROM phones WHERE phone = ?",
        [(project, created, phone) for project, _, created, phone in valid],
    )
    await db.executemany("INSERT OR IGNORE INTO rejected_phones VALUES (?, ?)", rejected)
    await db.commit()


def with_phonenumbers(raws: Sequence[str]) -> Sequence[str | None]:
    return [normalized(raw) for raw in raws]


def with_the_fast_path(raws: Sequence[str]) -> Sequence[str | None]:
    return normalize_page(raws).phones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("token")
    parser.add_argument("database")
    parser.add_argument("--normalizing", choices=("phonenumbers", "fast"), default="phonenumbers")
    options = parser.parse_args()
    fast = options.normalizing == "fast"
    normalizing = with_the_fast_path if fast else with_phonenumbers
    print(asyncio.run(Collector(options.url, options.token, normalizing).collect(options.database)))


if __name__ == "__main__":
    main()
