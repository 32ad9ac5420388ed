"""One phone and where it was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from core.phones.storage.reader import Reader


@dataclass(frozen=True, slots=True)
class Sighting:
    """A project in which the phone stands. `created_at` is the server's text, no time zone."""

    project_id: int
    project: str
    client_id: int
    client: str
    created_at: str | None
    run_id: int  # that first saw it there
    last_run_id: int  # that last read it there


@dataclass(frozen=True, slots=True)
class PhoneDetails:
    """A phone with all its sightings; `original_format` is what the server sent first."""

    id: int
    phone: str
    original_format: str
    first_seen_at: datetime
    last_seen_at: datetime
    first_run_id: int
    last_run_id: int
    sightings: Sequence[Sighting]


def phone_details(reader: Reader, phone_id: int) -> PhoneDetails | None:
    """None where the phone is not there (any more).

    Links are found by project, so every project is asked once by primary key: 1 µs each. The
    kept number of sightings ends the search as soon as the last one is found.
    """
    row = reader.row(
        "SELECT id, phone, original_format, first_seen, last_seen, first_run_id, last_run_id,"
        " projects FROM phones WHERE id = ?",
        (phone_id,),
    )
    if row is None:
        return None
    sightings = reader.rows(
        """
        SELECT p.id, p.name, c.id, c.username, l.created_at_api, l.run_id, l.last_run_id
        FROM projects p
        CROSS JOIN project_phones l ON l.project_id = p.id AND l.phone_id = ?
        JOIN clients c ON c.id = p.client_id
        LIMIT ?
        """,
        (phone_id, row[7]),
    )
    number, phone, original, first_seen, last_seen, first_run, last_run, _ = row
    return PhoneDetails(
        number,
        phone,
        original,
        datetime.fromtimestamp(first_seen, UTC),
        datetime.fromtimestamp(last_seen, UTC),
        first_run,
        last_run,
        [Sighting(*sighting) for sighting in sightings],
    )
