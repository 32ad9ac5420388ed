"""Two runs against each other: what is new, what disappeared, by client and project."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.phones.storage.reader import Reader

LINKS_A_SLICE = 200_000  # about 30 ms of reading


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """What changed in one project between two runs, in phones of that project.

    `disappeared` is None where the newer run did not read the project completely: what was
    not looked at has not disappeared.
    """

    project_id: int
    project: str
    client_id: int
    client: str
    new: int
    disappeared: int | None


@dataclass(frozen=True, slots=True)
class ClientChange:
    client_id: int
    client: str
    new: int
    disappeared: int
    projects: Sequence[ProjectChange]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`new`: links first seen after run `older` up to `newer`, `new_phones`: phones likewise.

    `disappeared`: links that were there in `older`, but no more in `newer`, in the projects
    that `newer` read completely.
    """

    older: int
    newer: int
    new_phones: int
    new: int
    disappeared: int
    clients: Sequence[ClientChange]


def compare_runs(reader: Reader, older: int, newer: int) -> Comparison:
    """Reads every link once, in slices of some 30 ms; call it in the background.

    Raises ValueError unless `older` is less than `newer`.
    """
    if older >= newer:
        raise ValueError("the older run comes first")
    complete = _completely_read(reader, newer)
    by_client: dict[tuple[int, str], list[ProjectChange]] = defaultdict(list)
    full_reads = _last_full_reads(reader, older)
    for project_id, new, gone in _changed_projects(reader, older, newer):
        since = full_reads.get(project_id, older)
        disappeared: int | None = None
        if project_id in complete:
            disappeared = gone if since == older else _gone(reader, project_id, since, older, newer)
        if not new and not disappeared:
            continue
        project, client_id, client = reader.rows(
            "SELECT p.name, c.id, c.username FROM projects p JOIN clients c ON c.id = p.client_id"
            " WHERE p.id = ?",
            (project_id,),
        )[0]
        change = ProjectChange(project_id, project, client_id, client, new, disappeared)
        by_client[client_id, client].append(change)
    clients = [
        ClientChange(
            client_id,
            client,
            sum(change.new for change in changes),
            sum(change.disappeared or 0 for change in changes),
            sorted(changes, key=lambda change: -(change.new + (change.disappeared or 0))),
        )
        for (client_id, client), changes in by_client.items()
    ]
    clients.sort(key=lambda client: (-(client.new + client.disappeared), client.client_id))
    return Comparison(
        older,
        newer,
        _new_phones(reader, older, newer),
        sum(client.new for client in clients),
        sum(client.disappeared for client in clients),
        clients,
    )


def _completely_read(reader: Reader, run_id: int) -> set[int]:
    """Projects that the run read from the first page to the last."""
    rows = reader.rows(
        f"SELECT r.project_id FROM {_FULL_READS} AND r.run_id = ?",
        (run_id,),
    )
    return {project for (project,) in rows}


def _last_full_reads(reader: Reader, run_id: int) -> dict[int, int]:
    """By project, the newest run up to this one that read it completely.

    A quick read touches the new part only; that the old part stood unchanged it has checked.
    So what was there at its time is what was there at the full read, and what came since.
    """
    return dict(
        reader.rows(
            f"SELECT r.project_id, max(r.run_id) FROM {_FULL_READS} AND r.run_id <= ?"
            " GROUP BY r.project_id",
            (run_id,),
        )
    )


_FULL_READS = """
    run_projects r JOIN runs u ON u.id = r.run_id
    WHERE r.state = 'done' AND r.reading = 'full'
      AND json_extract(u.request, '$.selection.max_pages') IS NULL
"""


def _new_phones(reader: Reader, older: int, newer: int) -> int:
    return reader.number(
        "SELECT count(*) FROM run_phone_ranges g"
        " JOIN phones ON phones.id BETWEEN g.first_id AND g.last_id"
        " WHERE g.run_id > ? AND g.run_id <= ?",
        (older, newer),
    )


def _gone(reader: Reader, project: int, since: int, older: int, newer: int) -> int:
    return reader.number(
        "SELECT count(*) FROM project_phones"
        " WHERE project_id = ? AND run_id <= ? AND last_run_id >= ? AND last_run_id < ?",
        (project, older, since, newer),
    )


def _changed_projects(reader: Reader, older: int, newer: int) -> Iterator[tuple[int, int, int]]:
    """(project, new links, links of `older` not read since `newer`) of every project that may
    have either."""
    for first, last in project_slices(reader, LINKS_A_SLICE):
        rows = reader.rows(
            """
            SELECT project_id, sum(run_id > ?1 AND run_id <= ?2) AS new,
                sum(run_id <= ?1 AND last_run_id >= ?1 AND last_run_id < ?2) AS gone
            FROM project_phones WHERE project_id BETWEEN ?3 AND ?4
            GROUP BY project_id HAVING new > 0 OR min(last_run_id) < ?2
            """,
            (older, newer, first, last),
        )
        yield from rows


def project_slices(reader: Reader, links: int) -> Iterator[tuple[int, int]]:
    """Ranges of project ids with about so many links each, by the kept counts."""
    first: int | None = None
    last = 0
    held = 0
    for project_id, phones in reader.rows("SELECT id, phones FROM projects ORDER BY id"):
        if first is None:
            first = project_id
        last = project_id
        held += phones
        if held >= links:
            yield first, last
            first, held = None, 0
    if first is not None:
        yield first, last
