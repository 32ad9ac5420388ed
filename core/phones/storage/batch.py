"""What the pages of one transaction hold: each phone once, and each link once.

Plain Python over whole columns, so that SQLite is asked only about what the database alone knows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Protocol

from core.phones.storage.moments import Created


class PageRecords(Protocol):
    """The valid records of a page, as columns of equal length.

    `raws`: what was received, None where that was the bare digits of the phone.
    """

    @property
    def project_id(self) -> int: ...
    @property
    def phones(self) -> Sequence[str]: ...
    @property
    def raws(self) -> Sequence[str | None]: ...
    @property
    def created(self) -> Sequence[Created]: ...


@dataclass(frozen=True, slots=True)
class Links:
    """Links as columns, in the order of their key; `records`: where the first record of each is."""

    projects: Sequence[int]
    phones: Sequence[int]
    records: Sequence[int]

    def among(self, places: Sequence[int]) -> "Links":
        """Those at `places` of the columns."""
        return Links(
            [self.projects[place] for place in places],
            [self.phones[place] for place in places],
            [self.records[place] for place in places],
        )


class Batch:
    """The records of `pages`, one page after the other.

    `pages` of it tells for each record in which page it is, `first` for each phone where its
    first record is, and `distinct` are the phones in the order of their index.
    """

    def __init__(self, pages: Sequence[PageRecords]) -> None:
        self.pages: list[int] = []
        self.projects: list[int] = []
        self.phones: list[str] = []
        self.raws: list[str | None] = []
        self.created: list[Created] = []
        self._of_project: dict[int, list[range]] = {}
        for place, page in enumerate(pages):
            length = len(page.phones)
            spans = self._of_project.setdefault(page.project_id, [])
            spans.append(range(len(self.phones), len(self.phones) + length))
            self.pages += repeat(place, length)
            self.projects += repeat(page.project_id, length)
            self.phones += page.phones
            self.raws += page.raws
            self.created += page.created
        backwards = range(len(self.phones) - 1, -1, -1)
        self.first = dict(zip(reversed(self.phones), backwards, strict=True))
        self.distinct = sorted(self.first)

    def links(self, ids: Mapping[str, int]) -> Links:
        """All links, where `ids` has the id of each phone."""
        of_record = [ids[phone] for phone in self.phones]
        projects: list[int] = []
        phones: list[int] = []
        records: list[int] = []
        for project in sorted(self._of_project):
            first: dict[int, int] = {}
            for span in reversed(self._of_project[project]):
                found = of_record[span.start : span.stop]
                first.update(zip(reversed(found), reversed(span), strict=True))
            ordered = sorted(first)
            projects += repeat(project, len(ordered))
            phones += ordered
            records += [first[phone] for phone in ordered]
        return Links(projects, phones, records)

    def first_records(self, phones: Sequence[str]) -> list[int]:
        """Where the first record of each of `phones` is."""
        return [self.first[phone] for phone in phones]

    def by_page(self, records: Sequence[int]) -> Counter[int]:
        """How many of `records` each page has."""
        return Counter([self.pages[record] for record in records])
