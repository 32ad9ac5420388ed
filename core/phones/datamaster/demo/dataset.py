"""The made-up account: clients, projects and records, any number of them, from one seed.

Nothing is kept in proportion to the records: a page is computed when it is asked for, and is the
same on every machine. A dataset never changes; `grow` gives the next generation. Any thread may
use it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from core.phones.datamaster.demo.growth import Growth, grown
from core.phones.datamaster.demo.layout import Layout, Order, first_layout
from core.phones.datamaster.demo.names import client_name, project_name
from core.phones.datamaster.demo.numbers import BLOCK, REJECTED, Draws, NumberSource, e164
from core.phones.datamaster.demo.timeline import DAY, day_start, segment_of, times
from core.stand_in.streams import mix

FIRST_CLIENT_ID = 100_001
FIRST_PROJECT_ID = 2_000_001

_STATUS = 301


@dataclass(frozen=True, slots=True)
class DemoRecord:
    """One row as the API gives it, and what it really is."""

    raw: str
    phone: str | None  # E.164; None where a collector must reject the row
    created_at: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring records of one project, as columns."""

    indexes: Sequence[int]  # of the number in the universe, or REJECTED
    raws: Sequence[str]
    times: Sequence[str]


class DemoDataset:
    """`clients`, `projects` and `records` are exact; everything else follows from `seed`.

    `order` says where a project's new records stand: "append" at the end, "prepend" at the front
    (newest first), "mixed" depending on the project. `rejected_share` of the records cannot be
    valid numbers, `repeat_share` repeat a number of the same project. Raises ValueError where
    records have no project or projects no client.
    """

    def __init__(
        self,
        seed: int = 1,
        clients: int = 2411,
        projects: int = 4000,
        records: int = 1_000_000,
        *,
        order: Order = "append",
        rejected_share: float = 0.01,
        repeat_share: float = 0.1,
    ) -> None:
        layout = first_layout(seed, order, clients, projects, records)
        universe = max(1000, 3 * records)
        self._set(layout, NumberSource(seed, universe, repeat_share, rejected_share))

    def _set(self, layout: Layout, numbers: NumberSource) -> None:
        self.layout = layout
        self.numbers = numbers
        # Where pages are not aligned with blocks, neighbouring pages need the same block.
        self._block = lru_cache(maxsize=16)(numbers.draw)

    def grow(self, growth: Growth) -> "DemoDataset":
        """The account some days later; this one stays as it is."""
        later = object.__new__(DemoDataset)
        later._set(grown(self.layout, growth), self.numbers)
        return later

    @property
    def generation(self) -> int:
        """How many times the data have grown."""
        return self.layout.generation

    # What the commands answer

    def client_rows(self) -> list[dict[str, Any]]:
        """The result of `clients`."""
        return [
            {"id": client, "username": client_name(self.layout.seed, client - FIRST_CLIENT_ID)}
            for client in self.client_ids()
        ]

    def project_rows(self, client_id: int) -> list[dict[str, Any]]:
        """The result of `gck_projects`; KeyError for an unknown client."""
        return [self._project_row(project) for project in self.project_ids(client_id)]

    def _project_row(self, project_id: int) -> dict[str, Any]:
        index = project_id - FIRST_PROJECT_ID
        draw = mix(self.layout.seed, _STATUS, index)
        row: dict[str, Any] = {
            "id": project_id if draw % 3 == 0 else str(project_id),
            "name": project_name(self.layout.seed, index),
        }
        if draw % 10:  # the API leaves the status out now and then
            row["status"] = int(draw % 4 > 0)
        row["limit"] = draw % 50
        return row

    def page(self, project_id: int, page: int, page_size: int, day: date | None = None) -> str:
        """Page `page` (from 1) of `gck_phones`, as the JSON between the brackets of the list.

        With `day`, pages over that day's records only. KeyError for an unknown project.
        """
        first = (page - 1) * page_size
        return self.rows(project_id, self.serials(project_id, day)[first : first + page_size])

    def rows(self, project_id: int, serials: Sequence[int]) -> str:
        """These records, which lie close together, as the JSON between the brackets of a list."""
        part = self.stretch(project_id, serials)
        # No raw text holds a character that JSON would escape (see numbers).
        return ",".join(
            [
                f'{{"phone":"{raw}","created_at":"{time}"}}'
                for raw, time in zip(part.raws, part.times, strict=True)
            ]
        )

    # What tests need to know

    def client_ids(self) -> range:
        return range(FIRST_CLIENT_ID, FIRST_CLIENT_ID + self.layout.clients)

    def project_ids(self, client_id: int | None = None) -> Sequence[int]:
        """All projects, or those of one client in the order in which the API gives them."""
        if client_id is None:
            return range(FIRST_PROJECT_ID, FIRST_PROJECT_ID + self.layout.projects)
        if client_id not in self.client_ids():
            raise KeyError(client_id)
        owned = self.layout.projects_of(client_id - FIRST_CLIENT_ID)
        return [FIRST_PROJECT_ID + index for index in owned]

    def size(self, project_id: int) -> int:
        """How many records the project has now; KeyError for an unknown project."""
        index = self._index(project_id)
        return self.layout.born(index) - len(self.layout.gone(index))

    def records(self, project_id: int) -> Iterator[DemoRecord]:
        """The rows of a project in the API's order; KeyError for an unknown project."""
        for part in self.stretches(project_id):
            for index, raw, time in zip(part.indexes, part.raws, part.times, strict=True):
                yield DemoRecord(raw, None if index == REJECTED else e164(index), time)

    def stretches(self, project_id: int) -> Iterator[Stretch]:
        """The rows of a project in the API's order, a block at a time."""
        serials = self.serials(project_id)
        for start in range(0, len(serials), BLOCK):
            yield self.stretch(project_id, serials[start : start + BLOCK])

    # How records are found

    def _index(self, project_id: int) -> int:
        index = project_id - FIRST_PROJECT_ID
        if not 0 <= index < self.layout.projects:
            raise KeyError(project_id)
        return index

    def serials(self, project_id: int, day: date | None = None) -> Sequence[int]:
        """The records of a project in the API's order, by age: 0 is the oldest ever."""
        index = self._index(project_id)
        if day is None:
            return self.layout.serials(index)
        start = day_start(day)
        parts = self.layout.segments(index)

        def second(serial: int) -> int:
            block, at = divmod(serial, BLOCK)
            return segment_of(parts, serial).second(serial, self._drawn(index, block).jitters[at])

        ever = range(self.layout.born(index))
        low = bisect_left(ever, start, key=second)
        high = bisect_left(ever, start + DAY, key=second)
        return self.layout.serials(index, low, high)

    def _drawn(self, project: int, block: int) -> Draws:
        return self._block(project, block, min(BLOCK, self.layout.born(project) - block * BLOCK))

    def stretch(self, project_id: int, serials: Sequence[int]) -> Stretch:
        """The records with these serials, which lie close together in either direction."""
        if not serials:
            return Stretch((), (), ())
        project = self._index(project_id)
        low, high = sorted((serials[0], serials[-1]))
        indexes: list[int] = []
        raws: list[str] = []
        jitters: list[int] = []
        for block in range(low // BLOCK, high // BLOCK + 1):
            drawn = self._drawn(project, block)
            wanted = slice(max(0, low - block * BLOCK), high + 1 - block * BLOCK)
            indexes += drawn.indexes[wanted]
            raws += drawn.raws[wanted]
            jitters += drawn.jitters[wanted]
        for serial, edition in self.layout.editions(project).items():
            if low <= serial <= high:
                edited = self.numbers.draw(project, serial, 1, edition)
                indexes[serial - low], raws[serial - low] = edited.indexes[0], edited.raws[0]
        texts = times(self.layout.segments(project), low, jitters)
        if serials == range(low, high + 1):
            return Stretch(indexes, raws, texts)
        order = [serial - low for serial in serials]
        return Stretch(
            [indexes[at] for at in order], [raws[at] for at in order], [texts[at] for at in order]
        )
