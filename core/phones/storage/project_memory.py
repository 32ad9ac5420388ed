"""What is remembered of a project, so that the next read need not be a full one.

Written in the transaction that stores the last page of a read: what is remembered and what
is stored can never say different things.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.phones.storage.bulk import insert_columns

LEARNING_DAYS = 14.0  # so much time has to pass until a new rhythm counts as much as the old one
FIRST_DAYS = 2.0  # the first rhythm is known better: as if nothing had come in so many days before


class Reading(StrEnum):
    """How a project is being read; part of its checkpoint, so that Continue does the same."""

    UNDECIDED = ""  # nothing of it is stored in this run
    FULL = "full"  # from the first page to the end
    TAIL = "tail"  # the old tail stands where it stood: from there to the end
    HEAD = "head"  # from the first page until the old head turns up


class NewAt(StrEnum):
    """Where a project's new records stand, as far as its data have shown."""

    UNKNOWN = ""
    END = "end"
    FRONT = "front"


@dataclass(frozen=True, slots=True)
class ProjectMemory:
    """A project as its last complete read left it.

    `head` and `tail` are digests of its first and last records (`core.phones.engine.landmarks`).
    `page_size` 0 says that nothing proves anything: the next read is a full one.
    """

    records: int
    page_size: int = 0
    head: bytes = b""
    tail: bytes = b""
    new_at: NewAt = NewAt.UNKNOWN  # unknown leaves what an earlier read showed
    quick_reads: int = 0  # since the last full one
    head_reads: int = 0  # quick ones since its number of records was last proven
    still_reads: int = 0  # in a row without a new record; counted where it is stored


_GIVEN = ("records", "page_size", "head", "tail", "new_at", "quick_reads", "head_reads")
MEMORY = ", ".join(f"m.{name}" for name in (*_GIVEN, "still_reads"))

TEMPORARY_TABLE = f"""
CREATE TEMP TABLE memories (project_id INTEGER PRIMARY KEY, {", ".join(_GIVEN)});
"""

# New phones a day are a mean in which the past counts like LEARNING_DAYS. The first read of a
# project tells nothing about it: what it brought has gathered over an unknown time.
_REMEMBER = """
INSERT OR REPLACE INTO project_memory (project_id, run_id, records, page_size, head, tail,
    new_at, quick_reads, head_reads, still_reads, phones_per_day)
SELECT m.project_id, :run, m.records, m.page_size, m.head, m.tail,
    CASE m.new_at WHEN '' THEN coalesce(o.new_at, '') ELSE m.new_at END,
    m.quick_reads, m.head_reads,
    CASE WHEN m.records = o.records THEN o.still_reads + 1 ELSE 0 END,
    CASE WHEN o.run_id = :run THEN o.phones_per_day
         WHEN p.read_at IS NULL OR o.run_id IS NULL THEN NULL
         WHEN o.phones_per_day IS NULL
         THEN r.new_phones / (:first + max(0, :now - p.read_at) / 86400.0)
         ELSE (o.phones_per_day * :learning + r.new_phones)
              / (:learning + max(0, :now - p.read_at) / 86400.0) END
FROM memories m
JOIN projects p ON p.id = m.project_id
JOIN run_projects r ON r.run_id = :run AND r.project_id = m.project_id
LEFT JOIN project_memory o ON o.project_id = m.project_id
"""


def remember(
    db: sqlite3.Connection,
    run: int,
    now: int,
    memories: Sequence[tuple[int, ProjectMemory]],
) -> None:
    """Keep what reads of `run` found, by project, each once. Before `projects.read_at` changes."""
    if not memories:
        return
    db.execute("DELETE FROM memories")
    columns = [[getattr(memory, name) for _, memory in memories] for name in _GIVEN]
    insert_columns(
        db,
        f"INSERT INTO memories (project_id, {', '.join(_GIVEN)})",
        [[project for project, _ in memories], *columns],
    )
    db.execute(_REMEMBER, {"run": run, "now": now, "learning": LEARNING_DAYS, "first": FIRST_DAYS})


def memory_of(row: Sequence[Any]) -> ProjectMemory | None:
    """The memory in the columns `MEMORY` of an outer join."""
    if row[0] is None:
        return None
    values = [*row[:4], NewAt(row[4]), *row[5:]]
    return ProjectMemory(*values)
