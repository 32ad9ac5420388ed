"""Which imports there were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.phones.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import; `undone_at` is None where it stands. The others as in take_in.Imported."""

    id: int
    name: str
    imported_at: datetime
    rows: int
    added: int
    known: int
    repeated: int
    rejected: int
    erased: int
    undone_at: datetime | None


def imports(reader: Reader) -> Sequence[ImportRow]:
    """The newest first. Raises StorageFailure."""
    if not reader.has_table("imports"):
        return ()
    rows = reader.rows(
        "SELECT id, name, imported_at, rows, added, known, repeated, rejected, erased, undone_at"
        " FROM imports ORDER BY id DESC"
    )
    return [
        ImportRow(
            id=row[0],
            name=row[1],
            imported_at=datetime.fromisoformat(row[2]),
            rows=row[3],
            added=row[4],
            known=row[5],
            repeated=row[6],
            rejected=row[7],
            erased=row[8],
            undone_at=_moment(row[9]),
        )
        for row in rows
    ]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
