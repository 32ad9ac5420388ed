"""What a collector must end with, worked out from the made-up data and not by the collector."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.phones.datamaster.demo.dataset import DemoDataset
from core.phones.datamaster.demo.numbers import REJECTED


@dataclass(frozen=True, slots=True)
class Expected:
    """Exact totals of a full run over a dataset."""

    clients: int
    projects: int
    records: int
    valid_records: int  # records that are phones, repeated ones too: a run's `total_phones`
    phones: int  # distinct valid numbers
    links: int  # distinct pairs of project and valid number
    rejected_records: int
    rejected: int  # distinct pairs of project and rejected text
    phone_requests: int  # sum over projects of (records // 1000 + 1)

    @property
    def least_requests(self) -> int:
        """One for the clients, one a client, and the pages at the documented page size."""
        return 1 + self.clients + self.phone_requests


@lru_cache(maxsize=8)
def expected(dataset: DemoDataset) -> Expected:
    """The totals of the whole dataset as it is now; a second for each million of records."""
    return expected_of(dataset, dataset.client_ids())


def expected_of(
    dataset: DemoDataset, client_ids: Iterable[int], without_projects: Collection[int] = ()
) -> Expected:
    """The totals of some clients, leaving out projects that cannot be read.

    Projects left out count in `projects`, but not their records and requests.
    """
    seen = bytearray(dataset.numbers.universe)
    clients = projects = records = valid = links = rejected = requests = 0
    for client_id in client_ids:
        clients += 1
        for project_id in dataset.project_ids(client_id):
            projects += 1
            if project_id in without_projects:
                continue
            size = dataset.size(project_id)
            records += size
            requests += size // 1000 + 1
            numbers: list[int] = []
            refused: set[str] = set()
            for part in dataset.stretches(project_id):
                numbers += part.indexes
                if REJECTED in part.indexes:
                    pairs = zip(part.indexes, part.raws, strict=True)
                    refused.update(raw for index, raw in pairs if index == REJECTED)
            distinct = set(numbers)
            valid += size - numbers.count(REJECTED)
            distinct.discard(REJECTED)
            links += len(distinct)
            rejected += len(refused)
            for index in distinct:
                seen[index] = 1
    return Expected(
        clients=clients,
        projects=projects,
        records=records,
        valid_records=valid,
        phones=seen.count(1),
        links=links,
        rejected_records=records - valid,
        rejected=rejected,
        phone_requests=requests,
    )
