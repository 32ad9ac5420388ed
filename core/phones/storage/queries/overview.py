"""Totals of the database, from counters that the writer keeps."""

from dataclasses import dataclass

from core.phones.storage.queries.runs import newest_run
from core.phones.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Overview:
    """The cards of the dashboard. `records` counts rows the server had at the last reads.

    `new_phones` is what the newest run found first; `file_bytes` is the size of the
    database file alone: the WAL beside it comes and goes.
    """

    clients: int
    projects: int
    phones: int
    records: int
    links: int
    rejected: int
    new_phones: int
    file_bytes: int


def overview(reader: Reader) -> Overview:
    """Takes a millisecond at any size."""
    kept: dict[str, int] = dict(reader.rows("SELECT name, value FROM totals"))
    run = newest_run(reader)
    return Overview(
        clients=kept.get("clients", 0),
        projects=kept.get("projects", 0),
        phones=kept.get("phones", 0),
        records=kept.get("records", 0),
        links=kept.get("links", 0),
        rejected=kept.get("rejected", 0),
        new_phones=run.new_phones if run else 0,
        file_bytes=_file_bytes(reader),
    )


def _file_bytes(reader: Reader) -> int:
    try:
        return reader.path.stat().st_size
    except OSError:  # taken away this moment
        return 0
